"""What Oscar's order pages gain: the customer, their pinned notes, the test mark, a filter by customer.

``with_customer`` and ``with_customer_filter`` return subclasses of whichever views the shop has; a
shop that forked Oscar's order dashboard applies them to its own. Partners' staff, who may open
these pages, see nothing of ours.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import select_template
from django.urls import NoReverseMatch
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.generic import View

from ... import permissions
from ...host import Order, User
from ...operations import orders as operations
from ...operations.addresses import company_of
from ...queries import customers as queries
from .customers import number_of
from .guests import guest_url
from .one_customer import SaysNoMixin, customer_url, order_url

TEMPLATES = "oscar_customer_mgmt/dashboard/orders"


class ShopTemplateMixin:
    """Shows a template of ours that extends whichever one the shop's own view has, as ``shop_template``."""

    our_template: str

    @method_decorator(cache_control(private=True, no_store=True))
    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the page; no cache keeps it, for what is ours there is about people."""
        response: HttpResponse = super().dispatch(*args, **kwargs)  # type: ignore[misc]
        return response

    def get_template_names(self) -> list[str]:
        """Return our template."""
        return [self.our_template]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the template that ours extends."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["shop_template"] = select_template(super().get_template_names())  # type: ignore[misc]
        return context


class CustomerFilterMixin(ShopTemplateMixin):
    """Limits the list of orders to one customer's, by customer number: ``?customer=C-000042``."""

    our_template = f"{TEMPLATES}/order_list.html"
    request: HttpRequest
    base_queryset: Any

    @cached_property
    def customer_number(self) -> str:
        """The number that was asked for; nothing for who may not see customers."""
        if not permissions.has_right(self.request.user, permissions.VIEW_CUSTOMER):
            return ""
        return self.request.GET.get("customer", "").replace("\x00", "").strip()[:140]

    @cached_property
    def filtered_customer(self) -> Any:
        """The account of that number, ``None`` where there is none."""
        try:
            return queries.by_number(self.customer_number)
        except User.DoesNotExist:
            return None

    def get_queryset(self) -> Any:
        """Narrow whatever the shop's own view lists."""
        if self.customer_number:
            self.base_queryset = self._of_customer(self.base_queryset)
        return super().get_queryset()  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whose orders these are, with the address of the list of everybody's."""
        context = super().get_context_data(**kwargs)
        _show_no_link_to_the_erased(context.get("orders", ()))
        if self.customer_number:
            rest = self.request.GET.copy()
            for name in ("customer", "page"):
                rest.pop(name, None)
            customer = self.filtered_customer
            # Oscar heads its table "All Orders" unless it is told of a filter.
            told = _("Customer %s") % self.customer_number
            context["search_filters"] = [told, *context.get("search_filters", ())]
            context["only_customer"] = {
                "number": self.customer_number,
                "customer": customer,
                "url": customer_url(customer) if customer is not None else "",
                "without": f"?{rest.urlencode()}" if rest else self.request.path,
            }
        return context

    def _of_customer(self, orders: Any) -> Any:
        if self.filtered_customer is not None:
            return orders.filter(user=self.filtered_customer)
        if self.customer_number.startswith("G-"):
            return orders.filter(user__isnull=True, number=self.customer_number.removeprefix("G-"))
        return orders.none()


class OrderCustomerMixin(ShopTemplateMixin):
    """Shows whose order it is, with a link, pinned notes and the test mark, to who has the rights."""

    our_template = f"{TEMPLATES}/order_detail.html"
    request: HttpRequest
    object: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the viewer may see of ours."""
        context = super().get_context_data(**kwargs)
        viewer = self.request.user
        if permissions.has_right(viewer, permissions.VIEW_CUSTOMER):
            context["customer_mgmt"] = self._about_customer(viewer)
        if permissions.has_right(viewer):
            context["address_companies"] = {
                "shipping": company_of(self.object.shipping_address),
                "billing": company_of(self.object.billing_address),
            }
        return context

    def _about_customer(self, viewer: Any) -> dict[str, Any]:
        order = self.object
        about = {
            "is_test": operations.is_test_order(order=order),
            "may_mark": permissions.has_right(viewer, permissions.CHANGE_CUSTOMER) and _may_manage(viewer, order),
            "notes": (),
            "customer": order.user,
            "guest_name": _recipient(order),
            "number": "",
            "url": "",
            "is_erased": False,
        }
        if order.user_id:
            about["number"] = number_of(order.user)
            about["is_erased"] = queries.is_erased(order.user)
            about["url"] = "" if about["is_erased"] else customer_url(order.user)
        elif order.guest_email:
            about["number"] = f"G-{order.number}"
            about["url"] = self._guest_url(order)
        if permissions.has_right(viewer, permissions.VIEW_NOTE):
            of_whom = {"customer": order.user} if order.user_id else {"order": order}
            about["notes"] = queries.pinned_notes(**of_whom)
        return about

    @staticmethod
    def _guest_url(order: Any) -> str:
        try:
            queries.guest_order(order.number)
            return guest_url(order)
        except (Order.DoesNotExist, NoReverseMatch):
            # A shop that does not list guests has no pages for them.
            return ""


def _show_no_link_to_the_erased(orders: Any) -> None:
    """Let Oscar's list show orders of erased accounts as nobody's, in memory alone: they have no page to lead to."""
    owners = {order.user_id for order in orders if order.user_id}
    gone = queries.erased_among(owners) if owners else set()
    for order in orders:
        if order.user_id in gone:
            order.user = None


def _may_manage(viewer: Any, order: Any) -> bool:
    return order.user is None or permissions.can_manage(by=viewer, customer=order.user)


def _recipient(order: Any) -> str:
    addresses = (order.billing_address, order.shipping_address)
    return next((address.name for address in addresses if address is not None and address.name), "")


def with_customer_filter(view: type[Any]) -> type[Any]:
    """Return a subclass of the shop's list of orders that can be limited to one customer."""

    class CustomerOrderSearchForm(view.form_class):  # type: ignore[misc,name-defined]
        # Oscar's template shows only fields whose id has "order" in it.
        customer = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"id": "id_order_customer"}))

    class CustomerOrderListView(CustomerFilterMixin, view):  # type: ignore[misc]
        form_class = CustomerOrderSearchForm

    return CustomerOrderListView


def with_customer(view: type[Any]) -> type[Any]:
    """Return a subclass of the shop's order page that leads to the customer."""

    class CustomerOrderDetailView(OrderCustomerMixin, view):  # type: ignore[misc]
        pass

    return CustomerOrderDetailView


class OrderTestMarkView(SaysNoMixin, View):
    """Marks an order as a test (``is_test=1``), or as none (``is_test=0``)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Mark it, and go back to where the button was."""
        order = Order.objects.filter(number=number).first() if "\x00" not in number else None
        if order is None:
            raise Http404(_("There is no such order."))
        is_test = operations.mark_test(order=order, is_test=request.POST.get("is_test") == "1", by=request.user)
        if is_test:
            messages.success(request, _("Order %s is marked as a test and left out of net figures.") % order.number)
        else:
            messages.success(request, _("Order %s is no test and counts.") % order.number)
        return redirect(self._leads_to(request, order))

    def _leads_to(self, request: HttpRequest, order: Any) -> str:
        wanted = request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return wanted
        if order.user_id:
            return customer_url(order.user)
        return guest_url(order) if order.guest_email else order_url(order.number)
