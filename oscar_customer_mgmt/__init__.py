"""Customer management for django-oscar's dashboard, storefront and REST."""

__version__ = "0.1.0"
