"""Whoever may do everything to customers gains nothing over an account that holds one right more.

Every page and endpoint about one account is tried, or named here as one that only shows something.
"""

import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse

from oscar_customer_mgmt.host import Email
from oscar_customer_mgmt.models import CustomerProfile, EmailChange, TimelineEvent
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.queries import roles
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, country

pytestmark = pytest.mark.django_db

PASSWORD = "battery-staple-9"

#: Pages about an account that show and change nothing; what they show of e-mails is tried below.
PAGES_THAT_SHOW = {"user-detail", "customer-orders", "customer-timeline", "customer-tab", "customer-print"}
#: What is posted where a page asks for something.
POSTED = {
    "customer-update": {"email": "mine@example.com", "first_name": "Mine", "last_name": "Mine"},
    "customer-set-password": {"password1": PASSWORD, "password2": PASSWORD},
    "customer-deny": {"reason": "Mine"},
    "customer-address-create": {"line1": "1 Street", "line4": "Leeds", "postcode": "LS1 6AA", "country": "GB"},
    "customer-address-update": {"line1": "1 Street", "line4": "Leeds", "postcode": "LS1 6AA", "country": "GB"},
    "customer-delete": {"how": "erase"},
    "customer-roles": {"is_active": "on"},
}
BODIES = {
    "customer-detail": {"email": "mine@example.com", "first_name": "Mine"},
    "customer-set-password": {"password": PASSWORD},
    "customer-deny": {"reason": "Mine"},
    "customer-address-list": {"line1": "1 Street", "line4": "Leeds", "postcode": "LS1 6AA", "country": "GB"},
    "customer-address-detail": {"line1": "Mine"},
    "customer-roles": {"is_active": False, "is_staff": False},
}


def rights(user, *, but=()):
    ours = Permission.objects.filter(content_type__app_label="oscar_customer_mgmt").exclude(codename__in=but)
    user.user_permissions.set([*ours, Permission.objects.get(codename="dashboard_access")])


@pytest.fixture
def agent():
    agent = CustomerFactory(is_staff=True)
    rights(agent, but=["delete_customernote"])
    return agent


def _stronger(**fields):
    return CustomerFactory(email="strong@example.com", password="correct-horse", **fields)


@pytest.fixture(params=["one right more", "superuser", "inactive superuser", "partner's right"])
def target(request):
    if request.param == "one right more":
        target = _stronger(is_staff=True)
        rights(target)
    elif request.param == "partner's right":
        target = _stronger()
        target.user_permissions.set(Permission.objects.filter(codename="change_partner"))
    else:
        target = _stronger(is_staff=True, is_superuser=True, is_active=request.param == "superuser")
    country("GB")
    AddressFactory(user=target)
    CustomerProfile.objects.filter(user=target).update(must_verify=True)
    return target


def state(target):
    stored = get_user_model().objects.select_related("customer_profile").get(pk=target.pk)
    profile = stored.customer_profile
    return (
        queries.version_of(stored),
        roles.held(stored),
        stored.password,
        (profile.denied_at, profile.verified_at, profile.verification_sent_at, profile.erased_at),
        list(stored.addresses.order_by("pk").values_list("line1", flat=True)),
        EmailChange.objects.count(),
        TimelineEvent.objects.filter(customer=target).count(),
        len(mail.outbox),
    )


def dashboard_pages():
    """Return the names of the pages whose address names an account, with what else it names."""
    found = {}
    resolver = get_resolver()
    namespaces = resolver.namespace_dict["dashboard"][1]
    for name in [key for key in namespaces.reverse_dict if isinstance(key, str)]:
        for ways, *_rest in namespaces.reverse_dict.getlist(name):
            for _pattern, arguments in ways:
                if "pk" in arguments and name.startswith(("user-", "customer-")) and "alert" not in name:
                    found[name] = arguments
    return found


def test_pages__change_nothing(agent, target):
    pages = dashboard_pages()
    assert set(PAGES_THAT_SHOW) <= set(pages) and set(POSTED) <= set(pages)
    client = Client()
    client.force_login(agent)
    before = state(target)
    for name, arguments in pages.items():
        if name in PAGES_THAT_SHOW:
            continue
        values = {"pk": target.pk, "address_id": target.addresses.get().pk}
        url = reverse(f"dashboard:{name}", kwargs={key: values[key] for key in arguments})
        response = client.post(url, POSTED.get(name, {}))
        if name == "customer-data-export":
            assert client.get(url).status_code == 403, name
        else:
            assert response.status_code == 403, (name, response.status_code)
        assert state(target) == before, name


def test_endpoints__change_nothing(agent, target):
    rest = pytest.importorskip("oscar_customer_mgmt.api.endpoints")
    number = target.customer_profile.number
    client = Client()
    client.force_login(agent)
    before, tried = state(target), 0
    for route in rest.endpoints:
        if "<str:number>" not in str(route.pattern):
            continue
        path = str(route.pattern).replace("<str:number>", number)
        path = "/api/customer-management/v1/" + path.replace("<int:id>", str(target.addresses.get().pk))
        methods = set(route.callback.cls().allowed_methods) & {"POST", "PUT", "PATCH", "DELETE"}
        for method in methods:
            body = BODIES.get(route.name, {})
            response = client.generic(method, path, json.dumps(body), content_type="application/json")
            assert response.status_code == 403, (method, route.name, response.content)
            assert state(target) == before, (method, route.name)
            tried += 1
        if route.name == "customer-data-export":
            assert client.get(path).status_code == 403
    assert tried >= 12


def test_emails__are_not_shown(agent, target):
    secret = Email.objects.create(
        user=target, email=target.email, subject="Reset", body_text="https://shop.example/reset/abc/", body_html=""
    )
    client = Client()
    client.force_login(agent)
    url = reverse("dashboard:customer-tab", kwargs={"pk": target.pk, "tab": "messages"})
    page = client.get(f"{url}?email={secret.pk}").content.decode()
    assert "shop.example/reset" not in page
