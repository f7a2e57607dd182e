"""The addresses of the mock registry; the names of the API's are what faults are ordered for."""

from django.conf import settings
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from . import api, views
from .chaos import views as chaos

urlpatterns = [
    path("", views.look_up, name="look_up"),
    path("page.css", views.style, name="style"),
    path("livez", views.livez, name="livez"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/bounds/", api.BoundsView.as_view(), name="bounds"),
    re_path(r"^api/v1/operations/(?P<nop_id>[0-9]{10})/$", api.OperationView.as_view(), name="operation"),
    re_path(r"^api/v1/references/(?P<client_ref>[A-Za-z0-9-]{1,64})/$", api.ReferenceView.as_view(), name="find"),
    re_path(
        r"^api/v1/references/(?P<reference>[A-Za-z0-9-]{1,64})/replacement/$",
        api.ReplaceReferenceView.as_view(),
        name="replace",
    ),
    path("api/v1/certificates/", api.RegisterView.as_view(), name="register"),
    path("api/v1/certificates/<str:number>/", api.CertificateView.as_view(), name="read"),
    path("api/v1/certificates/<str:number>/cancellation/", api.CancelView.as_view(), name="cancel"),
    path("api/v1/certificates/<str:number>/replacement/", api.ReplaceView.as_view(), name="replace"),
    path("api/v1/certificates/<str:number>/revision/", api.ReviseView.as_view(), name="revise"),
    path("api/v1/certificates/<str:number>/actual-weight/", api.WeightView.as_view(), name="weight"),
]
if settings.CHAOS:
    urlpatterns += [
        path("chaos/faults/", chaos.FaultsView.as_view()),
        path("chaos/mix/", chaos.MixView.as_view()),
        path("chaos/mode/", chaos.ModeView.as_view()),
        path("chaos/operations/", chaos.OperationsView.as_view()),
        path("chaos/reset/", chaos.ResetView.as_view()),
        path("chaos/dump/", chaos.DumpView.as_view()),
    ]

handler404 = "nopic.oid.mock.problems.not_found"
handler500 = "nopic.oid.mock.problems.server_error"
