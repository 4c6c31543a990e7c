from django.apps import apps
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("oscar_customer_mgmt.storefront.urls")),
    path("api/customer-management/", include("oscar_customer_mgmt.api.urls")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
