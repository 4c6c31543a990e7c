"""Schemathesis sends what the schema allows, and what it does not, and checks every answer against it."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from rest_framework.authtoken.models import Token
from schemathesis.specs.openapi.checks import positive_data_acceptance

from oscar_customer_mgmt.api import throttling
from oscar_customer_mgmt.api.views.documentation import describe_api
from oscar_customer_mgmt.operations import saved_filters
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory

# Few examples, always the same ones: CI must neither wait long nor fail by chance. Set
# HYPOTHESIS_MAX_EXAMPLES in a longer search of one's own.
MAX_EXAMPLES = 12


schema = schemathesis.openapi.from_dict(describe_api())
schema.app = get_wsgi_application()


@pytest.fixture
def _connection_stays_open():
    """A request closes the connection behind it, and with it the transaction of the test, as Django's client knows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(_connection_stays_open, superuser, settings):
    """The token of a superuser in a shop with a little of everything, who may call as often as need be."""
    scopes = (throttling.READ, throttling.WRITE, throttling.OWN)
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": dict.fromkeys(scopes)}
    OrderFactory(user=CustomerFactory(addresses=2))
    GuestOrderFactory()
    saved_filters.save(owner=superuser, name="Saved", parameters={"status": "guest"})
    return Token.objects.create(user=superuser).key


@schema.parametrize()
@hypothesis_settings(
    max_examples=MAX_EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_api__keeps_to_its_schema(case, token):
    # What a schema cannot say (a date in the future, an e-mail that is taken) is refused with good reason.
    case.call_and_validate(headers={"Authorization": f"Token {token}"}, excluded_checks=[positive_data_acceptance])
