"""Addresses of the storefront's own pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from .data_export import OwnDataView
from .email_changes import ConfirmEmailChangeView
from .verification import AskForLinkView, VerifyEmailView

app_name = "customer-mgmt"
urlpatterns: list[URLPattern] = [
    path("accounts/my-data/", OwnDataView.as_view(), name="own-data"),
    path("accounts/confirm/", AskForLinkView.as_view(), name="ask-for-link"),
    path("accounts/confirm/<str:token>/", VerifyEmailView.as_view(), name="verify-email"),
    path("accounts/new-e-mail/<str:token>/", ConfirmEmailChangeView.as_view(), name="confirm-email-change"),
]
