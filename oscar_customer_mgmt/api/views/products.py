"""What a customer has in the basket, wishes for, or waits for."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ...permissions import VIEW_CUSTOMER
from ...queries import customers as queries
from ..pagination import NEWEST_FIRST, PARAMETERS, paginated
from ..schema import PAGE_PARAMETERS, describe, page_of
from ..serializers.products import CustomerBasketsSerializer, StockAlertSerializer, WishListSerializer
from .base import CustomerView, refuse_other_parameters, shown


class BasketView(CustomerView):
    """``customers/{number}/basket/``."""

    rights = {"GET": (VIEW_CUSTOMER,)}

    @describe("getBasket", responses=CustomerBasketsSerializer)
    def get(self, request: Request, number: str) -> Response:
        """Show the customer's open basket, and those saved for later.

        id and created_at are null where there is no open basket.
        """
        customer = self.customer()
        baskets = {"open": queries.open_basket(customer), "saved": queries.saved_baskets(customer)}
        return Response(CustomerBasketsSerializer(baskets).data)


class WishListsView(CustomerView):
    """``customers/{number}/wishlists/``."""

    rights = {"GET": (VIEW_CUSTOMER,)}

    @describe("listWishLists", responses=page_of(WishListSerializer), parameters=PAGE_PARAMETERS)
    def get(self, request: Request, number: str) -> Response:
        """List the customer's wish lists, newest first."""
        refuse_other_parameters(request, PARAMETERS)
        rows = queries.wish_lists(self.customer())
        return paginated(request, rows, ordering=NEWEST_FIRST, represent=lambda found: shown(WishListSerializer, found))


class StockAlertsView(CustomerView):
    """``customers/{number}/stock-alerts/``."""

    rights = {"GET": (VIEW_CUSTOMER,)}

    @describe("listStockAlerts", responses=page_of(StockAlertSerializer), parameters=PAGE_PARAMETERS)
    def get(self, request: Request, number: str) -> Response:
        """List what the customer asked to be told of when it is back in stock, newest first."""
        refuse_other_parameters(request, PARAMETERS)
        rows = queries.stock_alerts(self.customer())
        return paginated(
            request, rows, ordering=NEWEST_FIRST, represent=lambda found: shown(StockAlertSerializer, found)
        )
