"""The demo's mailbox: where its e-mails go."""

from django.urls import path

from nopic.demo import mailbox_views

urlpatterns = [
    path("", mailbox_views.letters, name="mailbox"),
    path("<str:file>/<int:at>/", mailbox_views.letters, name="letter"),
    path("<str:file>/<int:at>/<int:part>/", mailbox_views.attachment, name="letter_attachment"),
]
