"""API tokens of an account, where the shop has Django REST framework's tokens."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def end(*, customer: Any) -> None:
    """End every API token of this account: other APIs of the shop look at the token alone."""
    if apps.is_installed("rest_framework.authtoken"):
        apps.get_model("authtoken", "Token")._default_manager.filter(user_id=customer.pk).delete()
