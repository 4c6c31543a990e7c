"""The app: its label, and what it connects once the registry is full."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomerManagementConfig(AppConfig):
    """Customer management for django-oscar."""

    name = "oscar_customer_mgmt"
    label = "oscar_customer_mgmt"
    verbose_name = _("Customer management")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect receivers and system checks, which need every model."""
        from . import checks, receivers  # noqa: F401

        receivers.connect()
