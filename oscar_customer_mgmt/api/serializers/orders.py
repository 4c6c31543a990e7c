"""Orders of one customer, and what they come to."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from .fields import Amount, Moment


class OrderSerializer(serializers.Serializer[Any]):
    """One order. Rows come from queries.customers.fill_order_rows."""

    number = serializers.CharField()
    status = serializers.CharField()
    currency = serializers.CharField()
    total = Amount(source="total_incl_tax")
    item_count = serializers.IntegerField()
    placed_at = Moment(source="date_placed")
    placed_by = serializers.SerializerMethodField()
    is_test = serializers.BooleanField(source="is_test_order")

    def get_placed_by(self, order: Any) -> str | None:
        """Return the number of the account that placed it; null for a guest."""
        numbers: dict[Any, str | None] = self.context["numbers"]
        return numbers.get(order.user_id)


class CurrencySummarySerializer(serializers.Serializer[Any]):
    """All orders in one currency, the net figures beside them."""

    currency = serializers.CharField()
    total = Amount()
    count = serializers.IntegerField()
    average = Amount()
    net_total = Amount()
    net_count = serializers.IntegerField()


class OrdersSummarySerializer(serializers.Serializer[Any]):
    """What a customer ordered, per currency, and the last three orders."""

    currencies = CurrencySummarySerializer(many=True)
    last_orders = OrderSerializer(many=True)
