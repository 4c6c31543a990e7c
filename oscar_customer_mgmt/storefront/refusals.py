"""What whoever stays out is told: with the right password on a page, in a session that ended with a message."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from ..host import User
from ..queries.access import refusal_of_account
from ..queries.session_accounts import account_of_session
from ..queries.verification import may_not_log_in_yet
from .verification import name_account

_REFUSED = "_customer_refused"
DENIED_TEMPLATE = "oscar_customer_mgmt/storefront/denied.html"
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
    refusal = refusal_of_account(customer)
    if refusal is not None:
        return DENIED_TEMPLATE, {"refusal": refusal}
    if may_not_log_in_yet(customer):
        return UNVERIFIED_TEMPLATE, {"account": name_account(customer)}
    return None


def end_session_of_refused(request: Any) -> None:
    """End a session whose account was denied or made inactive since, for good: it does not come back with the account.

    Call it where the session names an account that may not use it. Costs a query, once a session.
    """
    try:
        customer = account_of_session(request.session[SESSION_KEY])
    except (User.DoesNotExist, ValidationError, ValueError):
        return
    refusal = refusal_of_account(customer)
    if refusal is not None or not customer.is_active:
        request.session.flush()
    if refusal is not None:
        messages.warning(request, str(refusal), fail_silently=True)
