"""All addresses of the portal. Every address has a row in tests/test_doors.py from the day it is routed."""

from django.conf import settings
from django.urls import include, path

from nopic.tenants import people_views
from nopic.tenants import views as tenants_views

urlpatterns = [
    path("", tenants_views.landing, name="landing"),
    path("livez", tenants_views.livez, name="livez"),
    path("readyz", tenants_views.readyz, name="readyz"),
    # Accounts are bound to the invited address: nobody moves theirs to another.
    path("accounts/email/", tenants_views.no_such_page, name="no_email_change"),
    path("accounts/", include("allauth.urls")),
    path("invitations/<str:token>/", tenants_views.accept_invitation, name="accept_invitation"),
    path("in/people/", people_views.inbox_people, name="inbox_people"),
    path("", include("nopic.delivery.urls")),
    path("api/v1/", include("nopic.delivery.api_urls")),
]
if settings.DEMO:
    urlpatterns.append(path("mailbox/", include("nopic.demo.mailbox_urls")))
urlpatterns += [
    path("<slug:certifier>/theme.css", tenants_views.theme, name="theme"),
    path("<slug:certifier>/people/", people_views.staff_people, name="people"),
    path("<slug:certifier>/team/", people_views.exporter_people, name="team"),
    path("<slug:certifier>/", include("exporters.urls")),
    path("<slug:certifier>/", include("certifiers.urls")),
]
handler404 = "nopic.tenants.middleware.page_not_found"
handler500 = "nopic.tenants.middleware.server_error"
