"""Addresses of the certifier's door, below /<certifier>/."""

from django.urls import path

from certifiers.views import (
    case,
    certificates,
    final_documents,
    frames,
    on_behalf,
    operations,
    policies,
    queue,
    revisions,
    watch,
)
from certifiers.views.case.opening import or_say_what_happened as late

CASE = "cases/<str:reference>/"
LINE = f"{CASE}lines/<int:position>/"

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path(CASE, case.case, name="case"),
    path(f"{CASE}take/", late(case.whose), name="case_whose"),
    path(f"{CASE}verdicts/", late(case.verdicts), name="case_verdicts"),
    path(f"{CASE}return/", late(case.give_back), name="return_request"),
    path(f"{CASE}notes/", case.notes, name="case_notes"),
    path(f"{CASE}ask/", late(case.ask), name="ask_exporter"),
    path(f"{CASE}ask/back/", late(case.take_back), name="take_questions_back"),
    path(f"{CASE}waive/", late(case.waive), name="waive"),
    path(f"{CASE}departure/", late(case.departure), name="case_departure"),
    path(f"{CASE}print/", case.case_print, name="case_print"),
    path(f"{CASE}archive/", case.case_archive, name="case_archive"),
    path(f"{CASE}versions/<int:number>/", case.version, name="case_version"),
    path(f"{LINE}approve/", late(case.approve), name="approve_line"),
    path(f"{LINE}confirm/", late(case.confirm), name="confirm_line"),
    path(f"{LINE}back/", late(case.send_back), name="send_line_back"),
    path(f"{LINE}refuse/", late(case.refuse), name="refuse_line"),
    path(f"{LINE}raise/", late(case.raise_quantity), name="raise_quantity"),
    path(f"{LINE}progress/", late(case.progress), name="case_progress"),
    path(f"{CASE}papers/<int:document>/<int:page>.webp", case.page_image, name="page_image"),
    path(f"{CASE}papers/<int:document>/original/", case.original, name="original"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/key/", certificates.registry_key, name="registry_key"),
    path("certificates/<int:certificate_id>/", certificates.certificate, name="certificate"),
    path("certificates/<int:certificate_id>/cancel/", certificates.cancel, name="certificate_cancel"),
    path("certificates/<int:certificate_id>/press/", certificates.press, name="certificate_press"),
    path(
        "certificates/<int:certificate_id>/revisions/<int:revision_id>/",
        revisions.revision,
        name="certificate_revision",
    ),
    path("final-documents/", final_documents.final_documents, name="final_documents"),
    path("final-documents/<int:owed_id>/", final_documents.final_document, name="final_document"),
    path("watch/", watch.concerns, name="concerns"),
    path("watch/<int:concern_id>/", watch.concern, name="concern"),
    path("operations/", operations.operations, name="operations"),
    path("operations/new/", operations.new_exporter, name="new_exporter"),
    path("operations/importers/<int:contact_id>/confirm/", operations.confirm_importer, name="confirm_importer"),
    path("operations/<str:nop_id>/", operations.operation, name="operation"),
    path("operations/<str:nop_id>/on-behalf/", on_behalf.file_on_behalf, name="file_on_behalf"),
    path("operations/<str:nop_id>/change/", operations.edit_exporter, name="edit_exporter"),
    path("operations/<str:nop_id>/time-frames/<int:permission_id>/", frames.permission, name="frame_permission"),
    path("operations/<str:nop_id>/products/new/", operations.new_product, name="new_product"),
    path("operations/<str:nop_id>/products/<int:item_id>/version/", operations.new_version, name="new_version"),
    path("operations/<str:nop_id>/products/<int:item_id>/quantity/", operations.quantity, name="product_quantity"),
    path("operations/<str:nop_id>/products/<int:item_id>/status/", operations.product_status, name="product_status"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<slug:group>/", policies.policy_group, name="policy_group"),
    path("policies/<slug:group>/withdraw/", policies.policy_withdraw, name="policy_withdraw"),
]
