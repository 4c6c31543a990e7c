"""All models, one file a feature."""

from .addresses import AddressCompany
from .denials import DeniedEmail
from .directory import DirectoryEntry, DirectoryPreference, SavedFilter
from .email_changes import EmailChange
from .erasure import ErasureReceipt
from .idempotency import IdempotentRequest
from .notes import CustomerNote
from .orders import OrderTestMark
from .profiles import CustomerProfile, NewsletterSubscription
from .timeline import TimelineEvent

__all__ = [
    "AddressCompany",
    "CustomerNote",
    "CustomerProfile",
    "DeniedEmail",
    "DirectoryEntry",
    "DirectoryPreference",
    "EmailChange",
    "ErasureReceipt",
    "IdempotentRequest",
    "NewsletterSubscription",
    "OrderTestMark",
    "SavedFilter",
    "TimelineEvent",
]
