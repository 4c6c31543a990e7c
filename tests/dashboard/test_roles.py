"""Roles in the dashboard, and Oscar's pages of partners, which hand out rights too."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_customer_mgmt.operations import roles
from oscar_customer_mgmt.queries import roles as queries
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

Partner = get_model("partner", "Partner")
OURS = "oscar_customer_mgmt"
RIGHTS = ("view_customer", "assign_roles")


def fresh(user):
    return get_user_model().objects.get(pk=user.pk)


def right(name):
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


@pytest.fixture
def agent(staff_with):
    return staff_with(*RIGHTS, first_name="Bea", last_name="Bell")


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com")


@pytest.fixture(autouse=True)
def shop_roles(db):
    readers = Group.objects.create(name="Readers")
    readers.permissions.add(right(f"{OURS}.view_customer"))
    erasers = Group.objects.create(name="<script>Erasers")
    erasers.permissions.add(right(f"{OURS}.erase_customer"))
    Partner.objects.create(name="Pies", code="pies")


def page_of(customer):
    return reverse("dashboard:customer-roles", kwargs={"pk": customer.pk})


def text(response):
    return response.content.decode()


def test_page__is_closed_to_everybody_else(client_for, staff_with, customer):
    not_staff = staff_with(*RIGHTS)
    not_staff.is_staff = False
    not_staff.save()
    for user in (None, customer, not_staff, staff_with("view_customer"), staff_with("assign_roles")):
        browser = client_for(user)
        for response in (browser.get(page_of(customer)), browser.post(page_of(customer), {"is_staff": "on"})):
            assert response.status_code in (302, 403)
            if response.status_code == 302:
                assert "login" in response["Location"]
    assert not fresh(customer).is_staff


def test_page__link_is_there_for_those_who_may(client, client_for, staff_with, customer, superuser):
    page = reverse("dashboard:user-detail", kwargs={"pk": customer.pk})
    assert page_of(customer) in text(client.get(page))
    assert page_of(customer) not in text(client_for(staff_with("view_customer")).get(page))
    other = reverse("dashboard:user-detail", kwargs={"pk": superuser.pk})
    assert page_of(superuser) not in text(client.get(other))


def test_page__shows_what_may_be_chosen(client, customer):
    response = client.get(page_of(customer))
    page = text(response)
    assert "Can see customers" in page
    assert "&lt;script&gt;Erasers" in page and "<script>Erasers" not in page
    assert "you do not hold all of its rights yourself" in page
    assert 'name="is_superuser"' not in page
    rows = {role.group.name: role.is_open for role, _ticked in response.context["form"].role_rows()}
    assert (rows["Readers"], rows["<script>Erasers"]) == (True, False)


def test_save__and_back(client, customer):
    response = client.post(page_of(customer), {"is_active": "on", "is_staff": "on", "roles": ["Readers"]}, follow=True)
    assert "The roles were saved." in text(response)
    assert queries.held(fresh(customer))["roles"] == ["Readers"]
    assert fresh(customer).is_staff
    timeline = text(client.get(reverse("dashboard:customer-timeline", kwargs={"pk": customer.pk})))
    assert "Roles changed" in timeline and "Readers" in timeline and "Bea Bell" in timeline


def test_save__rights_without_the_staff_flag_are_warned_of(client, customer):
    response = client.post(page_of(customer), {"is_active": "on", "roles": ["Readers"]}, follow=True)
    assert "not marked as staff" in text(response)
    assert "no effect in the dashboard" in text(client.get(page_of(customer)))


@pytest.mark.parametrize(
    "posted",
    [
        {"roles": ["<script>Erasers"]},
        {"roles": ["No such role"]},
        {"is_superuser": "on"},
        {"partners": ["pies"]},
        {"partners": ["nobody"]},
    ],
)
def test_save__what_the_form_does_not_offer_is_handed_out_to_nobody(client, customer, agent, posted):
    for target in (customer, agent):
        before = queries.held(fresh(target))
        flags = {"is_active": "on", **({"is_staff": "on"} if target is agent else {})}
        client.post(page_of(target), {**flags, **posted})
        assert queries.held(fresh(target)) == before


def test_save__over_somebody_with_more_rights(client, superuser, staff_with):
    for target in (superuser, staff_with("erase_customer")):
        assert client.get(page_of(target)).status_code == 403
        assert client.post(page_of(target), {"is_active": "on"}).status_code == 403
        assert fresh(target).is_staff


def test_save__oneself_out(client, agent):
    response = client.post(page_of(agent), {"is_active": "on"})
    assert "lock yourself out" in text(response)
    assert fresh(agent).is_staff


def test_save__on_a_form_that_somebody_else_was_quicker_than(client, customer, superuser):
    version = client.get(page_of(customer)).context["form"]["version"].value()
    roles.assign(customer=customer, by=superuser, is_active=False)
    posted = {"is_active": "on", "is_staff": "on", "version": version}
    response = client.post(page_of(customer), posted)
    assert "Somebody changed these roles meanwhile" in text(response)
    assert "Active: No" in text(response)
    assert not fresh(customer).is_staff
    again = {**posted, "version": response.context["form"]["version"].value()}
    assert client.post(page_of(customer), again).status_code == 302
    assert fresh(customer).is_staff and fresh(customer).is_active


def test_page__costs_the_same_queries_however_many_roles(client, customer, django_assert_max_num_queries):
    for number in range(20):
        Group.objects.create(name=f"Role {number}").permissions.set(Permission.objects.all()[:30])
        Partner.objects.create(name=f"Partner {number}", code=f"partner-{number}")
    with django_assert_max_num_queries(20):
        assert client.get(page_of(customer)).status_code == 200


# --- Oscar's pages of partners


def partner_page(name, **kwargs):
    return reverse(f"dashboard:partner-user-{name}", kwargs={"partner_pk": Partner.objects.get().pk, **kwargs})


NEW_USER = {
    "first_name": "New",
    "last_name": "User",
    "email": "new@example.com",
    "password1": "correct-horse-battery",
    "password2": "correct-horse-battery",
    "role": "staff",
}


def test_partners__need_the_right_to_hand_out_rights(client_for, staff_with, customer):
    clerk = client_for(staff_with("view_customer"))
    pages = [partner_page(name, user_pk=customer.pk) for name in ("link", "unlink", "update")]
    for page in [*pages, partner_page("create"), partner_page("select")]:
        for response in (clerk.get(page), clerk.post(page, {**NEW_USER, "role": "staff"})):
            assert response.status_code == 403
    assert not customer.partners.exists() and not fresh(customer).is_staff
    assert not get_user_model().objects.filter(email="new@example.com").exists()


def test_partners__hand_out_only_what_one_holds(client, agent, customer):
    assert client.post(partner_page("link", user_pk=customer.pk)).status_code == 403
    assert client.post(partner_page("create"), NEW_USER).status_code == 403
    assert not customer.partners.exists()
    agent.user_permissions.add(right(queries.PARTNER_RIGHT))
    assert "Put this account into the partner?" in text(client.get(partner_page("link", user_pk=customer.pk)))
    assert not customer.partners.exists()
    response = client.post(partner_page("link", user_pk=customer.pk))
    assert response.status_code == 302
    assert fresh(customer).has_perm(queries.PARTNER_RIGHT)
    client.post(partner_page("link", user_pk=customer.pk))
    assert client.get(partner_page("unlink", user_pk=customer.pk)).status_code == 405
    client.post(partner_page("unlink", user_pk=customer.pk))
    assert not fresh(customer).has_perm(queries.PARTNER_RIGHT)
    assert not customer.partners.exists()


def test_partners__over_somebody_with_more_rights(client, agent, superuser):
    agent.user_permissions.add(right(queries.PARTNER_RIGHT))
    assert client.post(partner_page("link", user_pk=superuser.pk)).status_code == 403
    assert not superuser.partners.exists()
    Partner.objects.get().users.add(superuser)
    assert client.post(partner_page("unlink", user_pk=superuser.pk)).status_code == 403
    assert superuser.partners.exists()
    # Oscar's form would set the password.
    response = client.get(partner_page("update", user_pk=superuser.pk), follow=True)
    assert response.status_code == 403
    assert client.post(partner_page("update", user_pk=superuser.pk), NEW_USER).status_code == 405
    assert not fresh(superuser).check_password(NEW_USER["password1"])


def test_partners__the_page_of_a_user_leads_to_the_roles(client, customer):
    assert client.get(partner_page("update", user_pk=customer.pk)).status_code == 404
    Partner.objects.get().users.add(customer)
    response = client.get(partner_page("update", user_pk=customer.pk))
    assert response["Location"] == page_of(customer)
    for key in ("999999", "nobody"):
        assert client.get(partner_page("update", user_pk=key)).status_code == 404
