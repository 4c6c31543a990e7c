"""The shop's own account pages: the profile knows how to address the customer."""

from oscar.apps.customer import views


class ProfileView(views.ProfileView):
    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "salutation": f"Dear {self.request.user.first_name}"}
