from tests.projects.plain.urls import urlpatterns

__all__ = ["urlpatterns"]
