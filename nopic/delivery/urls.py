"""Addresses of the handover: /in/, /c/…, /v/…, and a certificate's e-mails and PDF below its certifier."""

from django.urls import path

from nopic.delivery.views import (
    afterwards,
    changing,
    consignment,
    correcting,
    handover,
    inbox,
    keys,
    public,
    replacing,
    splitting,
)

urlpatterns = [
    path("v/", public.ask, name="verify_ask"),
    path("v/<str:number>.json", public.verify_json, name="verify_json"),
    path("v/<str:number>", public.verify, name="verify"),
    path("c/<str:token>/", consignment.consignment, name="consignment"),
    path("c/<str:token>/certificates.csv", consignment.consignment_csv, name="consignment_csv"),
    path("c/<str:token>/certificates.json", consignment.consignment_json, name="consignment_json"),
    path("c/<str:token>/<str:number>.pdf", consignment.consignment_pdf, name="consignment_pdf"),
    path("in/", inbox.inbox, name="inbox"),
    path("in/certificates.csv", inbox.inbox_csv, name="inbox_csv"),
    path("in/choose/", inbox.choose_inbox, name="choose_inbox"),
    path("in/api-keys/", keys.importer_keys, name="importer_keys"),
    path("in/<str:number>/", inbox.inbox_certificate, name="inbox_certificate"),
    path("in/<str:number>/treatment/", afterwards.inbox_treatment, name="inbox_treatment"),
    path("in/<str:number>/certificate.pdf", inbox.inbox_pdf, name="inbox_pdf"),
    path("in/<str:number>/shipments.pdf", inbox.inbox_shipments_pdf, name="inbox_shipments_pdf"),
    path("in/<str:number>/integrity.pdf", inbox.inbox_registrys_pdf, name="inbox_registrys_pdf"),
    path("<slug:certifier>/certificates/<int:certificate>/integrity.pdf", handover.registrys_pdf, name="registrys_pdf"),
    path("<slug:certifier>/certificates/<int:certificate>/shipments.pdf", handover.shipments_pdf, name="shipments_pdf"),
    path("<slug:certifier>/api-keys/", keys.exporter_keys, name="exporter_keys"),
    path("<slug:certifier>/certificates/<int:certificate>/handover/", handover.handover, name="handover"),
    path("<slug:certifier>/certificates/<int:certificate>/change/", changing.change, name="certificate_change"),
    path(
        "<slug:certifier>/certificates/<int:certificate>/revise/",
        changing.ask_revision,
        name="certificate_ask_revision",
    ),
    path("<slug:certifier>/certificates/<int:certificate>/correct/", correcting.correct, name="certificate_correct"),
    path(
        "<slug:certifier>/certificates/<int:certificate>/correct/paper/",
        correcting.correction_paper,
        name="certificate_correction_paper",
    ),
    path("<slug:certifier>/certificates/<int:certificate>/replace/", replacing.replace, name="certificate_replace"),
    path("<slug:certifier>/certificates/<int:certificate>/split/", splitting.split, name="certificate_split"),
    path("<slug:certifier>/certificates/<int:certificate>/routing/", afterwards.routing, name="routing"),
    path("<slug:certifier>/certificates/<int:certificate>/treatment/", afterwards.treatment, name="treatment"),
    path(
        "<slug:certifier>/certificates/<int:certificate>/certificate.pdf",
        handover.certificate_pdf,
        name="certificate_pdf",
    ),
    path(
        "<slug:certifier>/certificates/<int:certificate>/version-<int:version>.pdf",
        handover.version_pdf,
        name="version_pdf",
    ),
]
