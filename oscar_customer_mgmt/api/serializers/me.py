"""Customers as they see themselves: a list of what is shown, so that nothing internal slips in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ...models import CustomerProfile
from ..records import CustomerRecord
from .addresses import AddressSerializer
from .customers import MoneySerializer
from .fields import Day, Moment, Phone


class MeSerializer(serializers.Serializer[CustomerRecord]):
    """The caller's own account; number is null for one that has none yet."""

    number = serializers.CharField(allow_null=True)
    email = serializers.CharField()
    username = serializers.CharField(allow_null=True)
    salutation = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    full_name = serializers.CharField()
    gender = serializers.ChoiceField(CustomerProfile.Gender.choices, allow_null=True)
    date_of_birth = Day(allow_null=True)
    phone_number = Phone(allow_null=True)
    company = serializers.CharField(allow_null=True)
    locale = serializers.CharField()
    is_verified = serializers.BooleanField()
    is_tax_exempt = serializers.BooleanField()
    newsletter = serializers.ListField(child=serializers.IntegerField(), help_text=_("Keys of sites."))
    order_count = serializers.IntegerField(help_text=_("Without those that were cancelled."))
    total_spent = MoneySerializer(many=True, help_text=_("Net, per currency."))
    last_order_at = Moment(allow_null=True)
    registered_at = Moment(allow_null=True)
    last_login_at = Moment(allow_null=True)
    points_balance = serializers.IntegerField()
    default_billing_address = AddressSerializer(allow_null=True)
    default_shipping_address = AddressSerializer(allow_null=True)
