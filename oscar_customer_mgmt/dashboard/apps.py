"""App configurations of the dashboard that take the place of Oscar's; nothing is forked.

Each keeps Oscar's name and label, and with them its module, models and migrations. All pages
of ours stand in ``CustomersDashboardConfig``, because Oscar's menu finds no others.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.cache import cache_control
from oscar.apps.dashboard.orders.apps import OrdersDashboardConfig
from oscar.apps.dashboard.partners.apps import PartnersDashboardConfig
from oscar.apps.dashboard.users.apps import UsersDashboardConfig

from .. import permissions


def staff(*codenames: str) -> list[str]:
    """Return what Oscar's decorator asks for: active staff with these rights, never a right alone."""
    return ["is_staff", *(permissions.full_name(codename) for codename in codenames)]


class CustomersDashboardConfig(UsersDashboardConfig):
    """Customers, in place of Oscar's users; its stock alerts stay."""

    name = "oscar.apps.dashboard.users"

    def configure_permissions(self) -> None:
        """Name the rights of every page; what is not named is for staff."""
        super().configure_permissions()
        alerts = {
            name: ["is_staff", *rights]
            for name, rights in self.permissions_map.items()
            if name.startswith("user-alert")
        }
        view = staff(permissions.VIEW_CUSTOMER)
        change = staff(permissions.VIEW_CUSTOMER, permissions.CHANGE_CUSTOMER)
        deny = staff(permissions.VIEW_CUSTOMER, permissions.DENY_CUSTOMER)
        self.permissions_map = {
            **alerts,
            "users-index": view,
            "user-detail": view,
            "user-password-reset": change,
            "customer-create": staff(permissions.ADD_CUSTOMER),
            "customer-update": change,
            "customer-print": view,
            "customer-tab": view,
            "customer-orders": view,
            "customer-timeline": view,
            "customer-send-verification": change,
            "customer-verify": change,
            "customer-set-password": staff(permissions.VIEW_CUSTOMER, permissions.SET_PASSWORD),
            "customer-email-cancel": staff(
                permissions.VIEW_CUSTOMER, permissions.CHANGE_CUSTOMER, permissions.CHANGE_EMAIL
            ),
            "customer-address-create": change,
            "customer-address-update": change,
            "customer-address-delete": change,
            "customer-roles": staff(permissions.VIEW_CUSTOMER, permissions.ASSIGN_ROLES),
            "customer-deny": deny,
            "customer-allow": deny,
            "denied-email-list": deny,
            "denied-email-create": deny,
            "denied-email-delete": deny,
            "customer-data-export": staff(permissions.VIEW_CUSTOMER, permissions.EXPORT_CUSTOMERS),
            "customer-delete": staff(permissions.VIEW_CUSTOMER, permissions.ERASE_CUSTOMER),
            "customer-erased": staff(permissions.VIEW_CUSTOMER, permissions.ERASE_CUSTOMER),
            "guest-detail": view,
            "guest-address-update": change,
            "order-test-mark": change,
            "directory-count": view,
            "directory-columns": view,
            "saved-filter-create": view,
            "saved-filter-delete": view,
        }

    def ready(self) -> None:
        """Load our views, which need every model."""
        super().ready()
        from .views import (
            access,
            addresses,
            customers,
            data_export,
            directory,
            email_changes,
            erasure,
            guests,
            orders,
            passwords,
            roles,
            verification,
        )

        self.views: dict[str, Any] = {
            "users-index": directory.DirectoryView,
            "directory-count": directory.DirectoryCountView,
            "directory-columns": directory.ColumnsView,
            "saved-filter-create": directory.SavedFilterCreateView,
            "saved-filter-delete": directory.SavedFilterDeleteView,
            "customer-create": customers.CustomerCreateView,
            "user-detail": customers.CustomerDetailView,
            "customer-tab": customers.CustomerTabView,
            "customer-orders": customers.CustomerOrdersView,
            "customer-timeline": customers.CustomerTimelineView,
            "customer-update": customers.CustomerUpdateView,
            "customer-print": customers.CustomerPrintView,
            "user-password-reset": customers.CustomerPasswordResetView,
            "customer-send-verification": verification.CustomerSendVerificationView,
            "customer-verify": verification.CustomerVerifyView,
            "customer-set-password": passwords.CustomerSetPasswordView,
            "customer-email-cancel": email_changes.CustomerEmailCancelView,
            "customer-address-create": addresses.AddressCreateView,
            "customer-address-update": addresses.AddressUpdateView,
            "customer-address-delete": addresses.AddressDeleteView,
            "customer-roles": roles.CustomerRolesView,
            "customer-deny": access.CustomerDenyView,
            "customer-allow": access.CustomerAllowView,
            "denied-email-list": access.DeniedEmailListView,
            "denied-email-create": access.DeniedEmailCreateView,
            "denied-email-delete": access.DeniedEmailDeleteView,
            "customer-data-export": data_export.CustomerDataExportView,
            "customer-delete": erasure.CustomerDeleteView,
            "customer-erased": erasure.ErasureReceiptView,
            "guest-detail": guests.GuestDetailView,
            "guest-address-update": guests.GuestAddressUpdateView,
            "order-test-mark": orders.OrderTestMarkView,
        }

    def get_urls(self) -> list[Any]:
        """Return our pages and Oscar's alerts; a key of whatever kind comes after every fixed word."""
        alerts = [pattern for pattern in super().get_urls() if pattern.name.startswith("user-alert")]
        urls = [
            self._path("", "users-index"),
            self._path("count/", "directory-count"),
            self._path("columns/", "directory-columns"),
            self._path("filters/new/", "saved-filter-create"),
            self._path("filters/<int:filter_id>/delete/", "saved-filter-delete"),
            self._path("new/", "customer-create"),
            self._path("denied-e-mails/", "denied-email-list"),
            self._path("denied-e-mails/new/", "denied-email-create"),
            self._path("denied-e-mails/<int:denied_id>/delete/", "denied-email-delete"),
            self._path("deleted/<int:receipt_id>/", "customer-erased"),
            self._path("guests/<str:number>/", "guest-detail"),
            self._path("guests/<str:number>/<str:kind>-address/", "guest-address-update"),
            self._path("orders/<str:number>/test-mark/", "order-test-mark"),
        ]
        of_one_customer = [
            self._path("<str:pk>/", "user-detail"),
            self._path("<str:pk>/password-reset/", "user-password-reset"),
            self._path("<str:pk>/send-verification/", "customer-send-verification"),
            self._path("<str:pk>/verify/", "customer-verify"),
            self._path("<str:pk>/set-password/", "customer-set-password"),
            self._path("<str:pk>/edit/", "customer-update"),
            self._path("<str:pk>/edit/cancel-e-mail/", "customer-email-cancel"),
            self._path("<str:pk>/print/", "customer-print"),
            self._path("<str:pk>/roles/", "customer-roles"),
            self._path("<str:pk>/deny/", "customer-deny"),
            self._path("<str:pk>/allow/", "customer-allow"),
            self._path("<str:pk>/data-export/", "customer-data-export"),
            self._path("<str:pk>/delete/", "customer-delete"),
            self._path("<str:pk>/orders/", "customer-orders"),
            self._path("<str:pk>/timeline/", "customer-timeline"),
            self._path("<str:pk>/tab/<slug:tab>/", "customer-tab"),
            self._path("<str:pk>/addresses/new/", "customer-address-create"),
            self._path("<str:pk>/addresses/<int:address_id>/", "customer-address-update"),
            self._path("<str:pk>/addresses/<int:address_id>/delete/", "customer-address-delete"),
        ]
        return [*self.post_process_urls(urls), *alerts, *self.post_process_urls(of_one_customer)]

    def _path(self, route: str, name: str) -> URLPattern:
        # Pages about people are kept by no cache, the browser's own included.
        keep_nowhere = cache_control(private=True, no_store=True)
        return path(route, keep_nowhere(self.views[name].as_view()), name=name)


class CustomerOrdersDashboardConfig(OrdersDashboardConfig):
    """Oscar's orders with a link to the customer, a filter by customer, notes and the test mark."""

    name = "oscar.apps.dashboard.orders"

    def ready(self) -> None:
        """Swap views in, as subclasses of whichever the shop has."""
        super().ready()
        from .views import orders

        self.order_list_view = orders.with_customer_filter(self.order_list_view)
        self.order_detail_view = orders.with_customer(self.order_detail_view)


class CustomerPartnersDashboardConfig(PartnersDashboardConfig):
    """Oscar's partners: whoever puts somebody into one hands out a right, by the same rules as elsewhere.

    For users whose keys are not numbers, too.
    """

    name = "oscar.apps.dashboard.partners"

    def configure_permissions(self) -> None:
        """Ask for the right to hand out rights, where that is what a page does."""
        super().configure_permissions()
        roles = staff(permissions.VIEW_CUSTOMER, permissions.ASSIGN_ROLES)
        pages = ("partner-user-create", "partner-user-select", "partner-user-link", "partner-user-unlink")
        self.permissions_map = {**self.permissions_map, **dict.fromkeys((*pages, "partner-user-update"), roles)}

    def ready(self) -> None:
        """Swap views in."""
        super().ready()
        from .views import partners

        self.user_create_view = partners.handing_out(self.user_create_view)
        self.user_link_view = partners.PartnerLinkView
        self.user_unlink_view = partners.PartnerUnlinkView
        self.user_update_view = partners.PartnerUserView

    def get_urls(self) -> list[Any]:
        """Return Oscar's pages, those about one user with a key of whatever type."""
        of_one_user: dict[str, tuple[str, Any]] = {
            "partner-user-link": ("link", self.user_link_view),
            "partner-user-unlink": ("unlink", self.user_unlink_view),
            "partner-user-update": ("update", self.user_update_view),
        }
        urls: list[Any] = [
            path(f"<int:partner_pk>/users/<str:user_pk>/{word}/", view.as_view(), name=name)
            for name, (word, view) in of_one_user.items()
        ]
        others = [pattern for pattern in super().get_urls() if pattern.name not in of_one_user]
        return [*others, *self.post_process_urls(urls)]
