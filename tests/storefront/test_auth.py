"""Who gets in by e-mail address or user name, and who does not."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.storefront.auth import CustomerBackend
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse"


@pytest.fixture
def carl():
    return CustomerFactory(email="Carl.Caller@example.com", username="carl", password=PASSWORD)


@pytest.mark.parametrize(
    "name",
    [
        "Carl.Caller@example.com",
        "carl.caller@EXAMPLE.COM",
        "CARL.CALLER@example.com",
        " carl.caller@example.com ",
        "carl",
    ],
)
def test_authenticate__by_address_in_any_case_or_user_name(carl, name):
    assert authenticate(username=name, password=PASSWORD) == carl


def test_authenticate__takes_the_address_by_its_own_name_too(carl):
    assert authenticate(email="carl.caller@example.com", password=PASSWORD) == carl
    assert CustomerBackend().authenticate(None, email="carl.caller@example.com", password=PASSWORD) == carl


def test_authenticate__asynchronously_by_the_same_rules(carl):
    assert async_to_sync(aauthenticate)(username="CARL.caller@example.com", password=PASSWORD) == carl


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("carl", "wrong"),
        ("carl", ""),
        ("carl", None),
        ("carl.caller@example.com", "Correct-Horse"),
        ("nobody@example.com", PASSWORD),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        (None, PASSWORD),
        ("carl\x00", PASSWORD),
        ("carl.caller@example.com\x00", PASSWORD),
        ("carl.caller", PASSWORD),
        ("%", PASSWORD),
        ("@", PASSWORD),
        ("x" * 10_000 + "@example.com", PASSWORD),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_authenticate__refuses(carl, name, password):
    assert authenticate(username=name, password=password) is None


def test_authenticate__refuses_the_inactive():
    CustomerFactory(email="carl@example.com", password=PASSWORD, is_active=False)
    assert authenticate(username="carl@example.com", password=PASSWORD) is None


def test_authenticate__refuses_an_account_without_a_password():
    CustomerFactory(email="carl@example.com")
    for guess in ("", "!", PASSWORD):
        assert authenticate(username="carl@example.com", password=guess) is None


class TestSameAddress:
    """Shops have accounts that share an address, from before they were refused."""

    def test_the_password_says_which(self):
        one = CustomerFactory(email="same@example.com", password="one-password")
        other = CustomerFactory(email="SAME@example.com", password="other-password")
        assert authenticate(username="same@example.com", password="one-password") == one
        assert authenticate(username="same@example.com", password="other-password") == other
        assert authenticate(username="same@example.com", password="third") is None

    def test_the_same_password_lets_neither_in(self):
        CustomerFactory.create_batch(2, email="same@example.com", password=PASSWORD)
        assert authenticate(username="same@example.com", password=PASSWORD) is None

    def test_an_inactive_one_does_not_count(self):
        CustomerFactory(email="same@example.com", password=PASSWORD, is_active=False)
        active = CustomerFactory(email="same@example.com", password=PASSWORD)
        assert authenticate(username="same@example.com", password=PASSWORD) == active

    def test_a_user_name_that_is_the_address_of_somebody_else(self):
        owner = CustomerFactory(email="same@example.com", password="owner-password")
        other = CustomerFactory(email="other@example.com", username="same@example.com", password="other-password")
        assert authenticate(username="same@example.com", password="owner-password") == owner
        assert authenticate(username="same@example.com", password="other-password") == other


def test_authenticate__an_account_from_before_the_package(carl):
    CustomerProfile.objects.all().delete()
    assert authenticate(username="carl.caller@example.com", password=PASSWORD) == carl


@pytest.fixture
def hashed(monkeypatch):
    """A list that grows by each password that is hashed."""
    found = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt, *args):
        found.append(password)
        return encode(self, password, salt, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return found


@pytest.mark.parametrize("name", ["carl.caller@example.com", "carl", "nobody@example.com", "nobody"])
def test_authenticate__hashes_once_whether_the_name_exists_or_not(carl, name, hashed):
    hashed.clear()
    assert authenticate(username=name, password="wrong") is None
    assert hashed == ["wrong"]


def test_authenticate__hashes_once_for_accounts_that_cannot_log_in(hashed):
    without_password = CustomerFactory()
    inactive = CustomerFactory(password=PASSWORD, is_active=False)
    for customer in (without_password, inactive):
        hashed.clear()
        assert authenticate(username=customer.email, password="wrong") is None
        assert len(hashed) == 1


# --- the account of a session


def test_get_user__brings_the_profile_in_one_query(carl, django_assert_num_queries):
    with django_assert_num_queries(1):
        user = CustomerBackend().get_user(carl.pk)
        assert user.customer_profile.number


def test_get_user__of_an_account_without_a_profile(carl, django_assert_num_queries):
    CustomerProfile.objects.all().delete()
    with django_assert_num_queries(1):
        assert getattr(CustomerBackend().get_user(carl.pk), "customer_profile", None) is None


@pytest.mark.parametrize("key", [0, 10**9])
def test_get_user__of_nobody(key):
    assert CustomerBackend().get_user(key) is None


def test_get_user__of_the_inactive(carl):
    get_user_model().objects.update(is_active=False)
    assert CustomerBackend().get_user(carl.pk) is None


def test_rights__are_those_of_django(staff_with):
    staff = staff_with("view_customer")
    assert CustomerBackend().has_perm(staff, "oscar_customer_mgmt.view_customer")
    assert not CustomerBackend().has_perm(staff, "oscar_customer_mgmt.change_customer")


def test_login_page__tells_nothing_of_the_account(client, carl):
    def answer(name, password):
        form = {"login-username": name, "login-password": password, "login_submit": "Log In"}
        response = client.post(reverse("customer:login"), form)
        return response.status_code, response.context["login_form"].non_field_errors()

    CustomerFactory(email="inactive@example.com", password=PASSWORD, is_active=False)
    wrong = answer("carl.caller@example.com", "wrong")
    assert wrong == answer("nobody@example.com", PASSWORD) == answer("inactive@example.com", PASSWORD)
