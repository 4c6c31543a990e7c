"""The sandbox's addresses: its front page, the package's, then Oscar's."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from sandbox.shop.views import FrontPageView

urlpatterns = [
    path("", FrontPageView.as_view(), name="front-page"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("oscar_customer_mgmt.storefront.urls")),
    path("api/customer-management/", include("oscar_customer_mgmt.api.urls")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]

# Static files come with runserver; pictures that a shop was given do not.
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
