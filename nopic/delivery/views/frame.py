"""What the doors that stand open to everybody have in common: a limit on knocking, and headers that keep them quiet."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from nopic.delivery import limits

View = Callable[..., HttpResponseBase]


def who_asks(request: HttpRequest) -> str:
    """The network that a request comes from, behind as many proxies as the settings name."""
    return limits.network_of(get_adapter(request).get_client_ip(request))


def open_to_everybody(door: str, *, most: int) -> Callable[[View], View]:
    """No sign-in; at most `most` knocks a minute from one network; not kept by caches, not found by search engines."""

    def guard(view: View) -> View:
        @login_not_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if wait := limits.seconds_to_wait(door, who_asks(request), most=most):
                return quiet(too_many(request, wait))
            return quiet(view(request, *args, **kwargs))

        return guarded

    return guard


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """The wait page."""
    response = render(request, "429.html", {"wait_seconds": wait, "home_url": "/v/"}, status=429)
    response["Retry-After"] = str(wait)
    return response


def quiet(response: HttpResponseBase) -> HttpResponseBase:
    """Headers of pages that a secret opens; what a view has set itself stays."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    return response


def text_file(body: str, name: str, media_type: str) -> HttpResponse:
    """A small file to save."""
    return HttpResponse(
        body,
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
