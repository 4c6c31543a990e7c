"""``manage.py lift_expired_denials``."""

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import access
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


def run(**options):
    out = StringIO()
    call_command("lift_expired_denials", stdout=out, **options)
    return out.getvalue()


def test_command__lifts_what_is_over_and_says_how_many():
    agent = CustomerFactory(is_staff=True, is_superuser=True)
    customers = CustomerFactory.create_batch(3)
    for customer in customers:
        access.deny(customer=customer, reason="x", until=timezone.now() + datetime.timedelta(hours=1), by=agent)
    passed = timezone.now() - datetime.timedelta(hours=1)
    CustomerProfile.objects.filter(user__in=customers[:2]).update(denied_until=passed)
    assert run(batch_size=1) == "2 denials were over.\n"
    assert run() == "0 denials were over.\n"
    assert run(verbosity=0) == ""
    assert CustomerProfile.objects.get(user=customers[2]).is_denied
