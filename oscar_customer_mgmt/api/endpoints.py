"""Every endpoint that the schema describes, relative to the base of the version."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views.access import AllowView, DeniedEmailDetailView, DeniedEmailListView, DenyView
from .views.addresses import AddressDetailView, AddressListView
from .views.customers import CustomerDetailView, CustomerListView
from .views.data_export import DataExportView
from .views.me import MeView
from .views.orders import OrderListView, OrdersSummaryView, TestMarkView
from .views.products import BasketView, StockAlertsView, WishListsView
from .views.roles import RolesView
from .views.saved_filters import SavedFilterDetailView, SavedFilterListView
from .views.timeline import TimelineView
from .views.verification import SendPasswordLinkView, SendVerificationView, SetPasswordView, VerifyView

endpoints: list[URLPattern] = [
    path("customers/", CustomerListView.as_view(), name="customer-list"),
    path("customers/<str:number>/", CustomerDetailView.as_view(), name="customer-detail"),
    path("customers/<str:number>/verify/", VerifyView.as_view(), name="customer-verify"),
    path(
        "customers/<str:number>/send-verification/", SendVerificationView.as_view(), name="customer-send-verification"
    ),
    path(
        "customers/<str:number>/send-password-link/",
        SendPasswordLinkView.as_view(),
        name="customer-send-password-link",
    ),
    path("customers/<str:number>/set-password/", SetPasswordView.as_view(), name="customer-set-password"),
    path("customers/<str:number>/roles/", RolesView.as_view(), name="customer-roles"),
    path("customers/<str:number>/deny/", DenyView.as_view(), name="customer-deny"),
    path("customers/<str:number>/allow/", AllowView.as_view(), name="customer-allow"),
    path("customers/<str:number>/addresses/", AddressListView.as_view(), name="customer-address-list"),
    path("customers/<str:number>/addresses/<int:id>/", AddressDetailView.as_view(), name="customer-address-detail"),
    path("customers/<str:number>/orders/", OrderListView.as_view(), name="customer-order-list"),
    path("customers/<str:number>/orders-summary/", OrdersSummaryView.as_view(), name="customer-orders-summary"),
    path("customers/<str:number>/basket/", BasketView.as_view(), name="customer-basket"),
    path("customers/<str:number>/wishlists/", WishListsView.as_view(), name="customer-wishlist-list"),
    path("customers/<str:number>/stock-alerts/", StockAlertsView.as_view(), name="customer-stock-alert-list"),
    path("customers/<str:number>/timeline/", TimelineView.as_view(), name="customer-timeline"),
    path("customers/<str:number>/data-export/", DataExportView.as_view(), name="customer-data-export"),
    path("orders/<str:order_number>/test-mark/", TestMarkView.as_view(), name="order-test-mark"),
    path("denied-emails/", DeniedEmailListView.as_view(), name="denied-email-list"),
    path("denied-emails/<int:id>/", DeniedEmailDetailView.as_view(), name="denied-email-detail"),
    path("saved-filters/", SavedFilterListView.as_view(), name="saved-filter-list"),
    path("saved-filters/<int:id>/", SavedFilterDetailView.as_view(), name="saved-filter-detail"),
    path("me/", MeView.as_view(), name="me"),
]
