"""Sessions from before the package live on; addresses are kept where the shop wants it; pages stay quick."""

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.storefront.auth import CustomerBackend
from oscar_customer_mgmt.storefront.middleware import CustomerMiddleware
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db

OURS = "oscar_customer_mgmt.storefront.auth.CustomerBackend"
OSCARS = "oscar.apps.customer.auth_backends.EmailBackend"
DJANGOS = "django.contrib.auth.backends.ModelBackend"

PAGES = (
    "catalogue:index",
    "basket:summary",
    "customer:profile-view",
    "customer:order-list",
    "customer:address-list",
    "customer:wishlists-list",
)


class OwnBackend(CustomerBackend):
    pass


def logged_in(client):
    """Open a page and say whose it is."""
    response = client.get(reverse("customer:profile-view"))
    return response.context["user"] if response.status_code == 200 else None


# --- sessions of former backends


@pytest.mark.parametrize("former", [OSCARS, DJANGOS])
def test_session__of_a_former_backend_lives_on(client, former):
    customer = CustomerFactory()
    client.force_login(customer, backend=former)
    assert logged_in(client) == customer
    # From now on it is one of ours.
    assert client.session[BACKEND_SESSION_KEY] == OURS
    assert logged_in(client) == customer


@pytest.mark.parametrize("former", [OSCARS, DJANGOS])
def test_session__of_a_former_backend_ends_when_the_password_changes(client, former):
    customer = CustomerFactory(password="correct-horse")
    client.force_login(customer, backend=former)
    customer.set_password("another-horse")
    customer.save()
    assert logged_in(client) is None
    assert SESSION_KEY not in client.session


def test_session__of_a_former_backend_ends_with_the_account(client):
    customer = CustomerFactory()
    client.force_login(customer, backend=OSCARS)
    customer.is_active = False
    customer.save()
    assert logged_in(client) is None


def test_session__of_any_other_backend_is_not_taken_over(client):
    client.force_login(CustomerFactory(), backend="shop.ldap.LdapBackend")
    assert logged_in(client) is None


def test_session__of_a_backend_that_is_still_there_is_left_alone(client, settings):
    settings.AUTHENTICATION_BACKENDS = [OURS, DJANGOS]
    customer = CustomerFactory()
    client.force_login(customer, backend=DJANGOS)
    assert logged_in(client) == customer
    assert client.session[BACKEND_SESSION_KEY] == DJANGOS


def test_session__goes_to_the_shops_own_subclass(client, settings):
    own = f"{__name__}.OwnBackend"
    settings.AUTHENTICATION_BACKENDS = [own]
    customer = CustomerFactory()
    client.force_login(customer, backend=OSCARS)
    assert logged_in(client) == customer
    assert client.session[BACKEND_SESSION_KEY] == own


def test_session__without_our_backend_is_not_taken_over(client, settings):
    settings.AUTHENTICATION_BACKENDS = [DJANGOS]
    client.force_login(CustomerFactory(), backend=OSCARS)
    assert logged_in(client) is None


# --- cost


def queries_of(client, page):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(page)).status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", PAGES)
def test_pages__gain_at_most_one_query(client_for, client, settings, page):
    customer = OrderFactory(user=CustomerFactory(addresses=1)).user
    AddressFactory(user=customer, line1="Another street")

    # What is made on somebody's first visit (the basket) is made before.
    client.force_login(customer)
    client.get(reverse(page))
    CustomerProfile.objects.update(last_seen_ip=None)

    def counted(backend):
        settings.AUTHENTICATION_BACKENDS = [backend]
        browser = type(client)()
        browser.force_login(customer, backend=backend)
        first = queries_of(browser, page)
        return first, queries_of(browser, page)

    with_ours = counted(OURS)
    settings.MIDDLEWARE = [name for name in django_settings.MIDDLEWARE if "oscar_customer_mgmt" not in name]
    CustomerProfile.objects.update(last_seen_ip=None)
    stock = counted(OSCARS)
    # The first look keeps the address; from the second on a page costs what it costs without us.
    assert with_ours[0] <= stock[0] + 1
    assert with_ours[1] == stock[1]


def test_pages__of_nobody_gain_no_query(client, settings):
    with_ours = queries_of(client, "catalogue:index")
    settings.MIDDLEWARE = [name for name in django_settings.MIDDLEWARE if "oscar_customer_mgmt" not in name]
    assert with_ours == queries_of(type(client)(), "catalogue:index")


def test_request__that_never_looks_at_its_user_costs_nothing(client, django_assert_num_queries):
    client.force_login(CustomerFactory())
    request = RequestFactory().get("/")
    request.session = client.session
    with django_assert_num_queries(0):
        CustomerMiddleware(lambda request: HttpResponse())(request)


# --- IP addresses


def seen_at(customer):
    return CustomerProfile.objects.get(user=customer).last_seen_ip


def test_ip__is_kept_and_written_only_when_new(client, django_assert_num_queries):
    customer = CustomerFactory()
    client.force_login(customer)
    client.get(reverse("customer:profile-view"), REMOTE_ADDR="192.0.2.1")
    assert seen_at(customer) == "192.0.2.1"
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("customer:profile-view"), REMOTE_ADDR="192.0.2.1")
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]
    client.get(reverse("customer:profile-view"), REMOTE_ADDR="192.0.2.2")
    assert seen_at(customer) == "192.0.2.2"


@pytest.mark.parametrize("written", ["2001:db8::1", "2001:DB8::0:1", "2001:0db8:0:0:0:0:0:1"])
def test_ip__of_the_sixth_version_is_one_however_written(client, written):
    customer = CustomerFactory()
    client.force_login(customer)
    client.get(reverse("customer:profile-view"), REMOTE_ADDR=written)
    assert seen_at(customer) == "2001:db8::1"
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("customer:profile-view"), REMOTE_ADDR=written)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_ip__is_not_what_the_browser_claims(client):
    customer = CustomerFactory()
    client.force_login(customer)
    client.get(
        reverse("customer:profile-view"),
        REMOTE_ADDR="192.0.2.1",
        HTTP_X_FORWARDED_FOR="198.51.100.7",
        HTTP_X_REAL_IP="198.51.100.8",
        HTTP_FORWARDED="for=198.51.100.9",
    )
    assert seen_at(customer) == "192.0.2.1"


def test_ip__of_a_server_that_listens_on_both_versions(client):
    customer = CustomerFactory()
    client.force_login(customer)
    client.get(reverse("customer:profile-view"), REMOTE_ADDR="::ffff:192.0.2.1")
    assert seen_at(customer) == "192.0.2.1"


@pytest.mark.parametrize("written", ["", "unix:", "localhost", "fe80::1%eth0", "999.1.1.1", "192.0.2.1:8000", "\x00"])
def test_ip__that_is_none_is_not_kept(client, written):
    customer = CustomerFactory()
    client.force_login(customer)
    assert client.get(reverse("customer:profile-view"), REMOTE_ADDR=written).status_code == 200
    assert seen_at(customer) is None


def test_ip__is_not_kept_where_the_shop_does_not_want_it(client, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"RECORD_IP": False}
    customer = CustomerFactory()
    client.force_login(customer)
    client.get(reverse("customer:profile-view"), REMOTE_ADDR="192.0.2.1")
    assert seen_at(customer) is None


def test_ip__of_an_account_without_a_profile_is_not_kept(client):
    customer = CustomerFactory()
    CustomerProfile.objects.all().delete()
    client.force_login(customer)
    assert client.get(reverse("customer:profile-view"), REMOTE_ADDR="192.0.2.1").status_code == 200
    assert not CustomerProfile.objects.exists()


def test_ip__of_one_who_deletes_the_account_in_this_very_request(client):
    customer = CustomerFactory(password="correct-horse")
    client.force_login(customer)
    form = {"password": "correct-horse"}
    response = client.post(reverse("customer:profile-delete"), form, REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 302
    profile = CustomerProfile.objects.get(user=customer)
    assert profile.erased_at is not None
    assert profile.last_seen_ip is None
