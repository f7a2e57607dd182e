"""The portal's addresses with the demo's mailbox among them."""

from django.urls import include, path

from nopic.urls import handler404
from nopic.urls import urlpatterns as of_the_portal

urlpatterns = [path("mailbox/", include("nopic.demo.mailbox_urls")), *of_the_portal]
__all__ = ["handler404", "urlpatterns"]
