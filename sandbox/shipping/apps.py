"""The fork's place in INSTALLED_APPS."""

import oscar.apps.shipping.apps


class ShippingConfig(oscar.apps.shipping.apps.ShippingConfig):
    """Oscar's shipping app, found here first."""

    name = "sandbox.shipping"
