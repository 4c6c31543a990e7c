"""What our operations raise. Faces turn each family into words of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _


class CustomerManagementError(Exception):
    """Something that the caller asked for cannot be done; ``str()`` is fit for people."""

    default_message = _("This cannot be done.")

    def __init__(self, message: object | None = None) -> None:
        self.message = message if message is not None else self.default_message
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(CustomerManagementError):
    """The actor lacks a right over this particular customer."""

    default_message = _("You may not do this to this account.")


class NotHeld(NotAllowed):
    """The actor would hand out, or take away, a right that they do not hold; ``field`` says where it was asked for."""

    def __init__(self, field: str, message: object) -> None:
        self.field = field
        super().__init__(message)


class InvalidData(CustomerManagementError):
    """Values that cannot be stored; ``errors`` maps field names to messages."""

    default_message = _("Some values are not valid.")

    def __init__(self, errors: Mapping[str, Sequence[object]], message: object | None = None) -> None:
        self.errors = {field: [str(text) for text in texts] for field, texts in errors.items()}
        super().__init__(message)


class EmailTaken(InvalidData):
    """Another account has this e-mail address, whatever the case it is written in."""

    def __init__(self, field: str = "email") -> None:
        super().__init__({field: [_("Another customer has this e-mail address already.")]})


class Conflict(CustomerManagementError):
    """The state of things forbids it; trying again without a change will not help."""


class StaleVersion(CustomerManagementError):
    """Someone else saved first: what the caller saw is no longer what is stored."""

    default_message = _(
        "Someone else saved this customer while you were editing. Nothing was saved; what you typed is still here."
    )


class KeyReused(Conflict):
    """An idempotency key came back with another request."""

    default_message = _("This idempotency key was used for another request.")


class DeadLink(Conflict):
    """A mailed link that does not work, or no longer; ``reason`` is one of the names below."""

    #: No link of ours: cut off, tampered with, or of an account that is gone.
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    #: What it was for has been done already.
    USED = "used"
    #: Something that it depended on has changed since it was mailed.
    OUTDATED = "outdated"
    #: Nobody may use this account now.
    CLOSED = "closed"

    default_message = _("This link does not work.")

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()
