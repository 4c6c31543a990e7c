"""Creating and editing customers: what is stored, what is refused, and that nothing is stored then."""

import datetime

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.sites.models import Site
from django.db import DatabaseError

from oscar_customer_mgmt import signals
from oscar_customer_mgmt.exceptions import Conflict, EmailTaken, InvalidData, NotAllowed, StaleVersion
from oscar_customer_mgmt.models import CustomerNote, CustomerProfile, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import customers, directory, timeline, verification
from oscar_customer_mgmt.queries.customers import editable_values, version_of
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


@pytest.fixture
def agnes():
    return CustomerFactory(first_name="Agnes", last_name="Agent", is_staff=True)


@pytest.fixture
def root():
    return CustomerFactory(is_staff=True, is_superuser=True)


def everything():
    """Count all that creating or editing may write."""
    models = (get_user_model(), CustomerProfile, DirectoryEntry, TimelineEvent, CustomerNote)
    return [model._default_manager.count() for model in models]


ALL_VALUES = {
    "first_name": "Carl",
    "last_name": "Çaller",
    "salutation": "Dr",
    "gender": "male",
    "date_of_birth": datetime.date(1980, 2, 29),
    "phone_number": "+442079460958",
    "company": "Acme",
    "locale": "de",
    "is_tax_exempt": True,
    "is_test": True,
    "is_active": False,
}


# --- create


def test_create__stores_every_value(agnes):
    site = Site.objects.get()
    customer = customers.create(
        email=" Carl@Example.COM ", by=agnes, newsletter=[site.pk], account_manager_id=agnes.pk, **ALL_VALUES
    )
    stored = editable_values(get_user_model().objects.get(pk=customer.pk))
    assert {name: stored[name] for name in ALL_VALUES} == ALL_VALUES
    assert (stored["newsletter"], stored["account_manager_id"]) == ([site.pk], agnes.pk)
    assert customer.email == "Carl@example.com"
    assert not directory.check()


def test_create__needs_an_address_alone(agnes):
    customer = customers.create(email="carl@example.com", by=agnes)
    profile = customer.customer_profile
    assert profile.number and customer.is_active and not customer.is_staff
    assert (profile.created_by, profile.origin) == (agnes, "dashboard")
    # It was not the customer who made it, so it waits to be confirmed.
    assert not profile.is_verified
    assert DirectoryEntry.objects.get(user=customer).is_verified is False


def test_create__without_a_password_lets_nobody_in_with_one(agnes):
    customer = customers.create(email="carl@example.com", by=agnes)
    assert not customer.has_usable_password()
    assert authenticate(username="carl@example.com", password="") is None


def test_create__with_a_password_lets_the_customer_in_once_confirmed(agnes):
    customer = customers.create(email="carl@example.com", by=agnes, password="battery-staple-9")
    assert authenticate(username="carl@example.com", password="battery-staple-9") is None
    verification.verify(customer=customer, by=agnes)
    assert authenticate(username="carl@example.com", password="battery-staple-9") == customer


def test_create__by_the_system_itself():
    assert customers.create(email="carl@example.com", by=None, origin="import").customer_profile.created_by is None


def test_create__is_told(agnes):
    told = []

    def receiver(sender, **kwargs):
        told.append(kwargs)

    signals.customer_created.connect(receiver)
    customer = customers.create(email="carl@example.com", by=agnes, origin="api", comment=" Likes tea \r\n")
    signals.customer_created.disconnect(receiver)
    assert [(one["customer"], one["by"], one["origin"]) for one in told] == [(customer, agnes, "api")]
    note = CustomerNote.objects.get(customer=customer)
    assert (note.body, note.is_pinned, note.author, note.author_name) == ("Likes tea", True, agnes, "Agnes Agent")
    events = TimelineEvent.objects.filter(customer=customer).order_by("pk")
    assert [(event.kind, event.actor_name) for event in events] == [
        ("created", "Agnes Agent"),
        ("note_added", "Agnes Agent"),
    ]


@pytest.mark.parametrize("spelt", ["carl@example.com", "CARL@EXAMPLE.COM", " Carl@Example.com", "ＣＡＲＬ@example.com"])
def test_create__refuses_an_address_that_is_taken(agnes, spelt):
    CustomerFactory(email="Carl@example.com")
    before = everything()
    with pytest.raises(InvalidData) as error:
        customers.create(email=spelt, by=agnes, comment="Hello")
    assert set(error.value.errors) == {"email"}
    assert everything() == before


def test_create__refuses_an_address_of_an_account_from_before_the_package(agnes):
    CustomerFactory(email="Carl@example.com")
    CustomerProfile.objects.all().delete()
    DirectoryEntry.objects.all().delete()
    with pytest.raises(EmailTaken):
        customers.create(email="carl@EXAMPLE.com", by=agnes)


def test_create__takes_addresses_apart_that_only_look_alike(agnes):
    # MariaDB takes é for e.
    CustomerFactory(email="rené@example.com")
    assert customers.create(email="rene@example.com", by=agnes).customer_profile.email_digest


REFUSED = [
    ({"email": ""}, "email"),
    ({"email": "carl"}, "email"),
    ({"email": "carl@example.com\x00"}, "email"),
    ({"email": "c" * 250 + "@example.com"}, "email"),
    ({"first_name": "a\x00b"}, "first_name"),
    ({"last_name": "x" * 5000}, "last_name"),
    ({"salutation": "x" * 65}, "salutation"),
    ({"gender": "wizard"}, "gender"),
    ({"date_of_birth": "1980-02-30"}, "date_of_birth"),
    ({"date_of_birth": datetime.date(2999, 1, 1)}, "date_of_birth"),
    ({"phone_number": "12"}, "phone_number"),
    ({"company": "a\x00b"}, "company"),
    ({"company": "x" * 256}, "company"),
    ({"locale": "xx"}, "locale"),
    ({"locale": "\x00"}, "locale"),
    ({"account_manager_id": "nobody"}, "account_manager"),
    ({"newsletter": [999]}, "newsletter"),
    ({"password": "123"}, "password"),
    ({"password": "carl@example.com"}, "password"),
    ({"shoe_size": 43}, "shoe_size"),
    ({"is_superuser": True}, "is_superuser"),
    ({"is_staff": True}, "is_staff"),
    ({"must_verify": False}, "must_verify"),
    ({"number": "C-1"}, "number"),
    ({"default_billing_address": 1}, "default_billing_address"),
]


@pytest.mark.parametrize(("values", "field"), REFUSED, ids=lambda value: str(value)[:40])
def test_create__refuses_and_stores_nothing(agnes, values, field, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    ]
    before = everything()
    with pytest.raises(InvalidData) as error:
        customers.create(**{"email": "carl@example.com", "by": agnes, "comment": "Hello", **values})
    assert field in error.value.errors
    assert all(text for texts in error.value.errors.values() for text in texts)
    assert everything() == before


def test_create__tells_of_every_field_at_once(agnes):
    with pytest.raises(InvalidData) as error:
        customers.create(email="carl", by=agnes, first_name="a\x00", password="")
    assert {"email", "first_name"} <= set(error.value.errors)


def test_create__refuses_somebody_who_is_no_staff_as_keeper(agnes):
    with pytest.raises(InvalidData, match="not valid"):
        customers.create(email="carl@example.com", by=agnes, account_manager_id=CustomerFactory().pk)
    assert not get_user_model().objects.filter(email="carl@example.com").exists()


def test_create__leaves_nothing_when_the_database_fails(agnes, monkeypatch):
    before = everything()

    def fail(**kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(timeline, "record", fail)
    with pytest.raises(DatabaseError):
        customers.create(email="carl@example.com", by=agnes)
    assert everything() == before


@pytest.mark.project("plain")
class TestUserName:
    def test_is_made_up_where_none_is_given(self, agnes):
        one = customers.create(email="a@example.com", by=agnes)
        other = customers.create(email="b@example.com", by=agnes)
        assert one.username and one.username != other.username

    def test_is_the_one_given(self, agnes):
        assert customers.create(email="a@example.com", by=agnes, username="carl").username == "carl"

    @pytest.mark.parametrize("username", ["carl", "CARL", "no spaces", "x" * 151, "a\x00b", "b@example.com"])
    def test_is_refused(self, agnes, username):
        CustomerFactory(username="Carl")
        before = everything()
        with pytest.raises(InvalidData) as error:
            customers.create(email="a@example.com", by=agnes, username=username)
        assert set(error.value.errors) == {"username"}
        assert everything() == before

    def test_may_be_the_customers_own_address(self, agnes):
        assert customers.create(email="a@example.com", by=agnes, username="a@example.com")


# --- update


def test_update__stores_every_value_and_tells_which_changed(agnes):
    customer = CustomerFactory(is_active=True)
    changes = {**ALL_VALUES, "account_manager_id": agnes.pk, "newsletter": [Site.objects.get().pk]}
    stored = customers.update(customer=customer, changes=changes, by=agnes)
    values = editable_values(stored)
    assert {name: values[name] for name in changes} == changes
    event = TimelineEvent.objects.get(customer=customer)
    assert event.kind == "updated" and event.actor == agnes
    assert event.data["changes"]["date_of_birth"] == [None, "1980-02-29"]
    assert event.data["changes"]["is_tax_exempt"] == [False, True]
    assert not directory.check()


def test_update__of_nothing_tells_nothing(agnes):
    customer = CustomerFactory(company="Acme")
    version = version_of(customer)
    customers.update(customer=customer, changes={"company": "Acme", "is_active": True}, by=agnes)
    customers.update(customer=customer, changes={}, by=agnes)
    assert not TimelineEvent.objects.filter(customer=customer).exists()
    assert version_of(get_user_model().objects.get(pk=customer.pk)) == version


def test_update__is_told(agnes):
    told = []

    def receiver(sender, **kwargs):
        told.append(kwargs)

    customer = CustomerFactory(company="Acme")
    signals.customer_updated.connect(receiver)
    customers.update(customer=customer, changes={"company": "Branch", "is_test": False}, by=agnes)
    signals.customer_updated.disconnect(receiver)
    assert [(one["customer"], one["by"], one["changes"]) for one in told] == [
        (customer, agnes, {"company": ["Acme", "Branch"]})
    ]


def test_update__of_an_account_from_before_the_package_makes_its_profile(agnes):
    customer = CustomerFactory()
    CustomerProfile.objects.all().delete()
    DirectoryEntry.objects.all().delete()
    customer = get_user_model().objects.get(pk=customer.pk)
    stored = customers.update(customer=customer, changes={"company": "Acme"}, by=agnes)
    assert stored.customer_profile.number
    # Nobody waits for an old customer to confirm.
    assert stored.customer_profile.is_verified
    assert DirectoryEntry.objects.get(user=customer).company == "Acme"


NOT_FOR_UPDATE = [
    *(case for case in REFUSED if not {"email", "password", "default_billing_address"} & set(case[0])),
    ({"email": "new@example.com"}, "email"),
    ({"password": "battery-staple-9"}, "password"),
    ({"default_billing_address": 999}, "default_billing_address"),
    ({"default_shipping_address": -1}, "default_shipping_address"),
]


@pytest.mark.parametrize(("changes", "field"), NOT_FOR_UPDATE, ids=lambda value: str(value)[:40])
def test_update__refuses_and_stores_nothing(agnes, changes, field):
    customer = CustomerFactory(first_name="Carl", company="Acme")
    before = editable_values(get_user_model().objects.get(pk=customer.pk))
    with pytest.raises(InvalidData) as error:
        customers.update(customer=customer, changes={"first_name": "Karl", "is_test": True, **changes}, by=agnes)
    assert field in error.value.errors
    assert editable_values(get_user_model().objects.get(pk=customer.pk)) == before
    assert not TimelineEvent.objects.filter(customer=customer).exists()
    assert not directory.check()


def test_update__with_the_version_that_is_stored(agnes):
    customer = CustomerFactory()
    version = version_of(customer)
    stored = customers.update(customer=customer, changes={"company": "A"}, by=agnes, expected_version=version)
    with pytest.raises(StaleVersion):
        customers.update(customer=customer, changes={"company": "B"}, by=agnes, expected_version=version)
    assert get_user_model().objects.get(pk=customer.pk).customer_profile.company == "A"
    customers.update(customer=customer, changes={"company": "B"}, by=agnes, expected_version=version_of(stored))


def test_version__changes_with_all_that_the_form_edits(agnes):
    customer = AddressFactory(user=CustomerFactory(first_name="Zoë", last_name="Brontë")).user
    address = AddressFactory(user=customer, line1="Other")
    changes = {
        **ALL_VALUES,
        "account_manager_id": agnes.pk,
        "newsletter": [Site.objects.get().pk],
        "default_billing_address": address.pk,
        "default_shipping_address": address.pk,
    }
    seen = {version_of(customer)}
    for name, value in changes.items():
        seen.add(version_of(customers.update(customer=customer, changes={name: value}, by=agnes)))
    assert len(seen) == len(changes) + 1
    assert set(changes) == set(customers.EDITABLE)


# --- default addresses


class TestDefaultAddresses:
    def flags(self, customer):
        return {
            address.line1: (address.is_default_for_shipping, address.is_default_for_billing)
            for address in customer.addresses.all()
        }

    def test_are_chosen_and_taken_back(self, agnes):
        one = AddressFactory(line1="One", is_default_for_shipping=True, is_default_for_billing=True)
        other = AddressFactory(line1="Other", user=one.user)
        customers.update(customer=one.user, changes={"default_shipping_address": other.pk}, by=agnes)
        assert self.flags(one.user) == {"One": (False, True), "Other": (True, False)}
        customers.update(customer=one.user, changes={"default_billing_address": None}, by=agnes)
        assert self.flags(one.user) == {"One": (False, False), "Other": (True, False)}

    def test_are_the_customers_own(self, agnes):
        mine, theirs = AddressFactory(), AddressFactory()
        with pytest.raises(InvalidData) as error:
            customers.update(customer=mine.user, changes={"default_billing_address": theirs.pk}, by=agnes)
        assert set(error.value.errors) == {"default_billing_address"}
        assert not theirs.user.addresses.filter(is_default_for_billing=True).exists()


# --- rights over rights


class TestRights:
    def change(self, customer, by):
        return customers.update(customer=customer, changes={"company": "Acme"}, by=by)

    def test_nobody_edits_a_superuser(self, agnes, root):
        with pytest.raises(NotAllowed):
            self.change(root, agnes)

    def test_nobody_edits_staff_with_more_rights(self, agnes):
        other = CustomerFactory(is_staff=True)
        group = Group.objects.create(name="More")
        group.permissions.add(Permission.objects.get(codename="change_order", content_type__app_label="order"))
        other.groups.add(group)
        with pytest.raises(NotAllowed):
            self.change(other, agnes)

    def test_equals_edit_each_other_and_everybody_themselves(self, agnes):
        assert self.change(CustomerFactory(is_staff=True), agnes)
        assert self.change(agnes, agnes)

    def test_superusers_edit_everybody_and_so_does_the_system(self, root, agnes):
        assert self.change(CustomerFactory(is_staff=True, is_superuser=True), root)
        assert self.change(root, None)

    def test_reactivating_wins_no_rights(self, agnes):
        other = CustomerFactory(is_staff=True, is_active=False)
        other.user_permissions.add(Permission.objects.get(codename="delete_order", content_type__app_label="order"))
        with pytest.raises(NotAllowed):
            customers.update(customer=other, changes={"is_active": True}, by=agnes)


# --- nobody is locked out


class TestLockOut:
    def deactivate(self, customer, by):
        return customers.update(customer=customer, changes={"is_active": False}, by=by)

    def test_of_oneself_is_refused(self, agnes, root):
        for staff in (agnes, root):
            with pytest.raises(Conflict):
                self.deactivate(staff, staff)

    def test_of_the_last_active_superuser_is_refused(self, root):
        CustomerFactory(is_superuser=True, is_active=False)
        with pytest.raises(Conflict):
            self.deactivate(root, None)
        assert get_user_model().objects.get(pk=root.pk).is_active

    def test_of_one_superuser_of_two_is_not(self, root):
        other = CustomerFactory(is_superuser=True, is_staff=True)
        assert not self.deactivate(other, root).is_active

    def test_of_a_customer_is_not(self, agnes):
        assert not self.deactivate(CustomerFactory(), agnes).is_active
