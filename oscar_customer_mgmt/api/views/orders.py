"""A customer's orders, and the test mark of any order."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from ...host import Order
from ...models.profiles import profile_of
from ...operations import orders as operations
from ...permissions import CHANGE_CUSTOMER, VIEW_CUSTOMER
from ...queries import customers as queries
from ..pagination import PARAMETERS, paginated
from ..schema import PAGE_PARAMETERS, describe, page_of
from ..serializers.fields import NothingSerializer
from ..serializers.orders import OrderSerializer, OrdersSummarySerializer
from .base import BaseView, CustomerView, refuse_other_parameters, shown, validated

LAST_ORDERS = 3


class OrderListView(CustomerView):
    """``customers/{number}/orders/``."""

    rights = {"GET": (VIEW_CUSTOMER,)}

    @describe("listOrders", responses=page_of(OrderSerializer), parameters=PAGE_PARAMETERS)
    def get(self, request: Request, number: str) -> Response:
        """List the orders of a customer, newest first."""
        refuse_other_parameters(request, PARAMETERS)
        customer = self.customer()
        return paginated(
            request,
            queries.orders(customer),
            ordering=queries.ORDERS_NEWEST_FIRST,
            represent=lambda rows: represent(rows, customer),
        )


class OrdersSummaryView(CustomerView):
    """``customers/{number}/orders-summary/``."""

    rights = {"GET": (VIEW_CUSTOMER,)}

    @describe("getOrdersSummary", responses=OrdersSummarySerializer)
    def get(self, request: Request, number: str) -> Response:
        """Sum up the orders of a customer.

        Per currency: all orders, and the net figures (neither cancelled nor test, less refunds).
        """
        customer = self.customer()
        newest = queries.orders(customer).order_by(*queries.ORDERS_NEWEST_FIRST.columns)[:LAST_ORDERS]
        summary = {
            "currencies": queries.orders_summary(customer),
            "last_orders": queries.fill_order_rows(list(newest)),
        }
        return Response(OrdersSummarySerializer(summary, context=_numbers(customer)).data)


class TestMarkView(BaseView):
    """``orders/{order number}/test-mark/``."""

    rights = {"PUT": (VIEW_CUSTOMER, CHANGE_CUSTOMER), "DELETE": (VIEW_CUSTOMER, CHANGE_CUSTOMER)}

    @describe("markOrderAsTest", responses=OrderSerializer)
    def put(self, request: Request, order_number: str) -> Response:
        """Mark an order as a test.

        Net figures leave it out from then on.
        """
        validated(NothingSerializer, request)
        order = self.order()
        operations.mark_test(order=order, is_test=True, by=request.user)
        return Response(represent([order], order.user)[0])

    @describe("markOrderAsReal", responses={204: None})
    def delete(self, request: Request, order_number: str) -> Response:
        """Take the test mark off an order.

        It is no test then, whatever it was paid with.
        """
        operations.mark_test(order=self.order(), is_test=False, by=request.user)
        return Response(status=204)

    def order(self) -> Any:
        """Return the order that the address names, a customer's or a guest's. Raises ``NotFound``."""
        number = self.kwargs["order_number"]
        found = None
        if "\x00" not in number:
            found = Order.objects.filter(number=number).select_related("user__customer_profile").first()
        if found is None or found.number != number:
            raise NotFound()
        return found


def represent(rows: list[Any], customer: Any) -> Any:
    """Return orders of one customer (``None``: of a guest) as JSON's values."""
    return shown(OrderSerializer, queries.fill_order_rows(rows), **_numbers(customer))


def _numbers(customer: Any) -> dict[str, dict[Any, str | None]]:
    profile = profile_of(customer) if customer is not None else None
    return {"numbers": {customer.pk: profile.number} if profile is not None else {}}
