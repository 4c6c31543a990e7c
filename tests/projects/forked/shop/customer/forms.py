"""The shop's own forms: "forgotten password" knows that this shop has two spellings of its mail domain."""

from oscar.apps.customer import forms


class PasswordResetForm(forms.PasswordResetForm):
    def get_users(self, email):
        return super().get_users(email.replace("@mail.example.com", "@example.com"))
