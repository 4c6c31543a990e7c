from django.http import HttpResponse
from django.urls import include, path

from tests.projects.plain.urls import urlpatterns as plain

urlpatterns = [
    path("oscar-api/", include("oscarapi.urls")),
    # Where django-oscar-api sends to pay what was ordered.
    path("oscar-api/pay/<int:pk>/", lambda request, pk: HttpResponse(), name="api-payment"),
    *plain,
]
