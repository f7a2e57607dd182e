"""Addresses of the exporter's door, below /<certifier>/."""

from django.urls import path

from exporters.views import (
    certificates,
    check,
    copying,
    dashboard,
    documents,
    fees,
    files,
    hub,
    live,
    offered,
    questions,
    second_look,
    steps,
    suppliers,
    verified,
)
from exporters.views.frames import permitting, shipments

REQUEST = "requests/<str:reference>/"

urlpatterns = [
    path("requests/", dashboard.dashboard, name="requests"),
    path("requests/all/", dashboard.all_requests, name="all_requests"),
    path("requests/new/", dashboard.new_request, name="new_request"),
    path("requests/templates/", copying.templates, name="request_templates"),
    path("requests/templates/<int:template_id>/", copying.template, name="request_template"),
    path("company/", dashboard.company, name="company"),
    path("fees/", fees.fees, name="fees"),
    path("fees/<int:year>-<int:month>.csv", fees.statement, name="statement"),
    path("my-certificates/", certificates.my_certificates, name="my_certificates"),
    path("my-certificates/<int:certificate_id>/", certificates.my_certificate, name="my_certificate"),
    path("my-certificates/<int:certificate_id>/shipments/", shipments.shipments, name="shipments"),
    path("my-certificates/<int:certificate_id>/shipments/<int:number>/", shipments.shipment, name="shipment"),
    path("time-frame-permissions/", permitting.permissions, name="frame_permissions"),
    path("document-forms/<slug:rule>/", offered.document_form, name="document_form"),
    path("suppliers/", suppliers.suppliers, name="suppliers"),
    path("suppliers/one/", suppliers.keep_supplier, name="keep_supplier"),
    path("suppliers/certificates/new/", suppliers.new_certificate, name="new_certificate"),
    path("verified-list/", verified.verified_list, name="verified_list"),
    path(REQUEST, hub.hub, name="request_hub"),
    path(f"{REQUEST}copy/", copying.copy_request, name="copy_request"),
    path(f"{REQUEST}today/", copying.today, name="request_today"),
    path(f"{REQUEST}sent/", hub.sent, name="request_sent"),
    path(f"{REQUEST}withdraw/", hub.withdraw, name="request_withdraw"),
    path(f"{REQUEST}departed/", hub.departed, name="request_departed"),
    path(f"{REQUEST}questions/", questions.questions, name="request_questions"),
    path(f"{REQUEST}products/<int:position>/second-look/", second_look.second_look, name="second_look"),
    path(f"{REQUEST}recall/", hub.recall, name="request_recall"),
    path(f"{REQUEST}versions/<int:number>/", hub.version, name="request_version"),
    path(f"{REQUEST}documents/", documents.request_documents, name="request_documents"),
    path(f"{REQUEST}documents/<int:document_id>/", files.document, name="document"),
    path(f"{REQUEST}documents/<int:document_id>/original/", files.original, name="document_original"),
    path(f"{REQUEST}documents/<int:document_id>/pages/<int:number>.webp", files.page_image, name="document_page"),
    path(f"{REQUEST}products/<int:index>/left/", live.product, name="request_left"),
    path(f"{REQUEST}departure/when/", live.when, name="request_when"),
    path(f"{REQUEST}supplier/", steps.supplier, name="supplier"),
    path(f"{REQUEST}check/", check.check, name="request_check"),
    path(f"{REQUEST}<str:step>/", steps.request_step, name="request_step"),
]
