import pytest
from django.contrib.auth import get_user_model
from django.db.models.query import ModelIterable

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import profiles
from oscar_customer_mgmt.queries import session_accounts
from oscar_customer_mgmt.queries.customers import customers
from oscar_customer_mgmt.queries.session_accounts import account_of_session
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = pytest.mark.django_db

User = get_user_model()


def values(instance):
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


@pytest.fixture
def customer():
    customer = CustomerFactory(email="ann@example.com", last_name="O'Neil %s", company="Acme")
    profiles.record_ip(customer=customer, ip="192.0.2.7")
    return customer


def test_account_of_session__is_the_account_with_its_profile_in_one_query(customer, django_assert_num_queries):
    plain = customers().get(pk=customer.pk)
    account_of_session(customer.pk)
    with django_assert_num_queries(1):
        found = account_of_session(customer.pk)
        assert found == customer
        assert values(found) == values(plain)
        assert values(found.customer_profile) == values(plain.customer_profile)
        assert found.customer_profile.user is found
    assert not found._state.adding and found._state.db == "default"
    found.last_name = "Nolan"
    found.save()
    assert User.objects.get(pk=customer.pk).last_name == "Nolan"


def test_account_of_session__takes_the_key_as_sessions_keep_it(customer):
    assert account_of_session(str(customer.pk)) == customer


def test_account_of_session__knows_who_has_no_profile(customer, django_assert_num_queries):
    CustomerProfile.objects.filter(user=customer).delete()
    with django_assert_num_queries(1):
        found = account_of_session(customer.pk)
        assert not hasattr(found, "customer_profile")


def test_account_of_session__tells_of_an_account_that_is_gone(customer):
    key = customer.pk
    customer.delete()
    with pytest.raises(User.DoesNotExist):
        account_of_session(key)


class _ShopRows(ModelIterable):
    """What a shop's own manager may do to its rows."""


def test_account_of_session__leaves_to_django_what_it_cannot_read_itself(customer, monkeypatch):
    session_accounts._plan.cache_clear()
    assert session_accounts._plan("default", User) is not None
    monkeypatch.setattr(session_accounts, "customers", lambda: _of_the_shop(customers()))
    session_accounts._plan.cache_clear()
    assert session_accounts._plan("default", User) is None
    assert account_of_session(customer.pk).customer_profile.company == "Acme"
    session_accounts._plan.cache_clear()


def _of_the_shop(queryset):
    queryset._iterable_class = _ShopRows
    return queryset
