"""Addresses of the API, below /api/v1/."""

from django.urls import path

from nopic.delivery import api

urlpatterns = [
    path("schema/", api.Schema.as_view(), name="api_schema"),
    path("certificates/", api.Certificates.as_view(), name="api_certificates"),
    path("certificates/<str:number>/", api.OneCertificate.as_view(), name="api_certificate"),
    path("certificates/<str:number>/pdf/", api.CertificatePdf.as_view(), name="api_certificate_pdf"),
    path("requests/", api.Requests.as_view(), name="api_requests"),
    path("requests/<str:reference>/", api.OneRequest.as_view(), name="api_request"),
    path("<path:rest>", api.Nowhere.as_view(), name="api_nowhere"),
]
