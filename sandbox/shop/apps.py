"""The sandbox's own app: its front page and the commands that fill it."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Has no models: everything in this shop is Oscar's or the package's."""

    name = "sandbox.shop"
    label = "sandbox_shop"
    verbose_name = "Sandbox"
