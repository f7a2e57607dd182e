"""Addresses of the API, below /api/v1/."""

from django.urls import path

from nopic.delivery.api import reading

urlpatterns = [
    path("schema/", reading.Schema.as_view(), name="api_schema"),
    path("certificates/", reading.Certificates.as_view(), name="api_certificates"),
    path("certificates/<str:number>/", reading.OneCertificate.as_view(), name="api_certificate"),
    path("certificates/<str:number>/pdf/", reading.CertificatePdf.as_view(), name="api_certificate_pdf"),
    path("requests/", reading.Requests.as_view(), name="api_requests"),
    path("requests/<str:reference>/", reading.OneRequest.as_view(), name="api_request"),
    path("<path:rest>", reading.Nowhere.as_view(), name="api_nowhere"),
]
