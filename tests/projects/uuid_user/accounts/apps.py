from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tests.projects.uuid_user.accounts"
    label = "accounts"
