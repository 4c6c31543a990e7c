"""What a customer has in the basket, wishes for, or waits for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from .fields import Amount, Moment


class ProductSerializer(serializers.Serializer[Any]):
    """A product, as far as it takes to find it."""

    id = serializers.IntegerField()
    title = serializers.CharField(source="get_title")
    upc = serializers.CharField(allow_null=True)


class BasketLineSerializer(serializers.Serializer[Any]):
    """One line of a basket; the price is that of the moment when it was put in, null where unknown."""

    product = ProductSerializer()
    sku = serializers.SerializerMethodField()
    quantity = serializers.IntegerField()
    currency = serializers.CharField(source="price_currency")
    unit_price_excl_tax = Amount(source="price_excl_tax", allow_null=True)
    unit_price_incl_tax = Amount(source="price_incl_tax", allow_null=True)

    def get_sku(self, line: Any) -> str | None:
        """Return the partner's number of the article."""
        return line.stockrecord.partner_sku if line.stockrecord else None


class BasketSerializer(serializers.Serializer[Any]):
    """One basket."""

    id = serializers.IntegerField()
    created_at = Moment(source="date_created")
    lines = BasketLineSerializer(many=True)
    vouchers = serializers.SerializerMethodField(help_text=_("Codes."))

    def get_vouchers(self, basket: Any) -> list[str]:
        """Return the codes of the vouchers in it."""
        return [voucher.code for voucher in basket.vouchers.all()]


class CustomerBasketsSerializer(serializers.Serializer[Any]):
    """The open basket, empty where there is none, and those saved for later."""

    id = serializers.IntegerField(allow_null=True)
    created_at = Moment(allow_null=True)
    lines = BasketLineSerializer(many=True)
    vouchers = serializers.ListField(child=serializers.CharField(), help_text=_("Codes."))
    saved = BasketSerializer(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the open basket with the saved ones inside."""
        nothing: dict[str, Any] = {"id": None, "created_at": None, "lines": [], "vouchers": []}
        found = BasketSerializer(instance["open"]).data if instance["open"] is not None else nothing
        return {**found, "saved": BasketSerializer(instance["saved"], many=True).data}


class WishListLineSerializer(serializers.Serializer[Any]):
    """One wish; the product is null once the shop has it no more."""

    title = serializers.CharField()
    product = ProductSerializer(allow_null=True)
    quantity = serializers.IntegerField()


class WishListSerializer(serializers.Serializer[Any]):
    """One wish list. The key that opens it to others is not shown."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    visibility = serializers.CharField()
    created_at = Moment(source="date_created")
    lines = WishListLineSerializer(many=True)


class StockAlertSerializer(serializers.Serializer[Any]):
    """A request to be told when a product is back in stock."""

    id = serializers.IntegerField()
    product = ProductSerializer()
    status = serializers.CharField()
    created_at = Moment(source="date_created")
    confirmed_at = Moment(source="date_confirmed", allow_null=True)
    closed_at = Moment(source="date_closed", allow_null=True)
