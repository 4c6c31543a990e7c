"""Settings of the sandbox: an ordinary Oscar shop, then the package wired in as the README tells integrators to.

From the environment: `DATABASE_URL` (default: SQLite in sandbox/var), `DEBUG` (default: on), `ALLOWED_HOSTS`,
`SANDBOX_VAR` (the folder for everything that a running shop writes) and `SANDBOX_EMAIL` (`file` or `console`).
"""

import os
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *

from oscar_customer_mgmt import defaults as customer_mgmt
from sandbox import secret_key

BASE_DIR = Path(__file__).resolve().parent
VAR_DIR = Path(os.environ.get("SANDBOX_VAR") or BASE_DIR / "var")
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = os.environ.get("DEBUG", "1").lower() not in {"", "0", "no", "off", "false"}
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key.kept_in(VAR_DIR / "secret_key")
# The sandbox is there to be opened from another machine on the desk, too.
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")
SITE_ID = 1
ROOT_URLCONF = "sandbox.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'shop.sqlite3'}", conn_max_age=60
    )
}
_database = DATABASES["default"]
_database["ATOMIC_REQUESTS"] = True
if _database["ENGINE"].endswith("sqlite3"):
    # Writers queue up instead of failing with "database is locked". A transaction per request would then
    # make readers queue up, too.
    _database["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 30}
    _database["ATOMIC_REQUESTS"] = False
elif _database["ENGINE"].endswith("mysql"):
    _database["OPTIONS"] = {"charset": "utf8mb4"}
    _database["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}

# --- Applications: Oscar's own list, five of its apps the sandbox's own -------------------------------

SHOP_APPS = [
    "sandbox.shop.apps.ShopConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "sandbox.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "sandbox.shipping.apps.ShippingConfig",
    "sandbox.browsing.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "sandbox.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "sandbox.browsing.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "sorl.thumbnail",
    "django_tables2",
]

# The forks added no field, so they can use Oscar's migrations.
MIGRATION_MODULES = {"partner": "oscar.apps.partner.migrations", "shipping": "oscar.apps.shipping.migrations"}

SHOP_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"

# --- Pages ----------------------------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# The lists of products come from the database (sandbox.browsing); haystack only has to be there.
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"

# --- Mail -----------------------------------------------------------------------------------------------------

SANDBOX_EMAIL = os.environ.get("SANDBOX_EMAIL", "file")
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if SANDBOX_EMAIL == 'console' else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
MANAGERS = [("Shop", "shop@harbour-hearth.example")]

# --- The shop -------------------------------------------------------------------------------------------------

OSCAR_SHOP_NAME = "Harbour & Hearth"
OSCAR_SHOP_TAGLINE = _("Plain good things for the house")
OSCAR_FROM_EMAIL = DEFAULT_FROM_EMAIL = "shop@harbour-hearth.example"
OSCAR_HOMEPAGE = "/"
OSCAR_DEFAULT_CURRENCY = "GBP"
OSCAR_ALLOW_ANON_CHECKOUT = True
# Prices are shown with tax, so ten per cent off is ten per cent off those.
OSCAR_OFFERS_INCL_TAX = True
OSCAR_DEFAULT_PHONE_REGION = PHONENUMBER_DEFAULT_REGION = "GB"

OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Being processed", "Cancelled"),
    "Being processed": ("Complete", "Cancelled"),
    "Complete": ("Cancelled",),
    "Cancelled": ("Being processed",),
}
OSCAR_LINE_STATUS_PIPELINE = dict(OSCAR_ORDER_STATUS_PIPELINE)
OSCAR_ORDER_STATUS_CASCADE = {status: status for status in OSCAR_ORDER_STATUS_PIPELINE}

# What stands for a payment here. The first is charged at checkout; the second marks an order as a test.
SANDBOX_CARD_SOURCE_TYPE = "Pretend card"
SANDBOX_TEST_CARD_SOURCE_TYPE = "Test card"

# --- The package, as its README says --------------------------------------------------------------------------

INSTALLED_APPS = customer_mgmt.extend_installed_apps(SHOP_APPS)
MIDDLEWARE = customer_mgmt.extend_middleware(SHOP_MIDDLEWARE)
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
OSCAR_CUSTOMER_MGMT = {
    "TEST_SOURCE_TYPES": ["test-card"],
}
