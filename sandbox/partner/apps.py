"""The fork's place in INSTALLED_APPS."""

import oscar.apps.partner.apps


class PartnerConfig(oscar.apps.partner.apps.PartnerConfig):
    """Oscar's partner app, found here first."""

    name = "sandbox.partner"
