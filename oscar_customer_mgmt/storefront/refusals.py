"""The page for whoever logs in with the right password and stays out all the same."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from ..queries.verification import may_not_log_in_yet
from .verification import name_account

_REFUSED = "_customer_refused"
UNVERIFIED_TEMPLATE = "oscar_customer_mgmt/storefront/unverified.html"


def remember(request: Any, *, customer: Any) -> None:
    """Note on the request that this customer gave the right password and is refused all the same."""
    page = _page_for(customer)
    if request is not None and page is not None:
        setattr(request, _REFUSED, page)


def page_instead_of(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Return the page that says why, in place of a log-in form shown again; any other answer as it is.

    Whatever form asked for the password, and in whichever app: none of them needs to know of it.
    """
    refused = getattr(request, _REFUSED, None)
    is_page = response.get("Content-Type", "").startswith("text/html") and response.status_code < 300
    if refused is None or not is_page or request.user.is_authenticated:
        return response
    template, context = refused
    page = render(request, template, context, status=403)
    add_never_cache_headers(page)
    return page


def _page_for(customer: Any) -> tuple[str, dict[str, Any]] | None:
    """Return the template and the context of the page for this customer; the first reason that holds counts."""
    if may_not_log_in_yet(customer):
        return UNVERIFIED_TEMPLATE, {"account": name_account(customer)}
    return None
