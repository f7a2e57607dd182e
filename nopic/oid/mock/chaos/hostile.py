"""How each fault is played, around the untouched work of the registry."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import Resolver404, resolve

from nopic.oid.mock.models import Certificate, Fault
from nopic.oid.mock.problems import problem

from .plan import ENDPOINTS, next_fault


class HostileMiddleware:
    """Lets an API call meet the fault that waits for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        fault = next_fault(endpoint) if (endpoint := _endpoint(request)) else None
        if fault is None:
            return self._get_response(request)
        name, arguments = fault
        instead = _before(request, name, arguments)
        return instead or _after(request, name, arguments, self._get_response(request))


def _endpoint(request: HttpRequest) -> str | None:
    try:
        name = resolve(request.path_info).url_name
    except Resolver404:
        return None
    return name if name in ENDPOINTS else None


def _before(request: HttpRequest, name: str, arguments: dict[str, Any]) -> HttpResponseBase | None:
    """The reply of a fault that keeps the work from happening; a slow one only waits, and not past the deadline."""
    if name == "slow" and arguments["beyond_bounds"]:
        request.deadline.extend(_held_up(arguments))  # type: ignore[attr-defined]
        return None
    if name == "slow":
        left = request.deadline.left()  # type: ignore[attr-defined]
        time.sleep(max(0.0, min(arguments["seconds"], left)))
        return None
    if name == "reset_before_commit":
        request.META["oid.reset"] = True
        return HttpResponse()
    replies: dict[str, Callable[[], HttpResponseBase]] = {
        "500_before_commit": lambda: problem(500, "error", "The registry failed."),
        "503_before_commit": lambda: problem(503, "outage", "Out of service.", headers=_wait(arguments)),
        "409": lambda: problem(409, "reference_used", "This reference was used for something else."),
        "429": lambda: problem(429, "busy", "Too many requests.", headers=_wait(arguments)),
        "401": lambda: problem(
            401, "authentication_failed", "The key is not known.", headers={"WWW-Authenticate": "Bearer"}
        ),
    }
    return replies[name]() if name in replies else None


def _after(request: HttpRequest, name: str, arguments: dict[str, Any], response: HttpResponse) -> HttpResponseBase:
    """The reply of a fault that garbles, delays or loses the answer to work that has been done."""
    if name == "slow_after_commit":
        time.sleep(arguments["seconds"])
    elif name == "reset_after_commit":
        request.META["oid.reset"] = True
    elif name == "503_after_commit":
        return problem(503, "error", "Out of service.", headers=_wait(arguments))
    elif name == "malformed":
        return HttpResponse(
            response.content[: len(response.content) // 2], response["Content-Type"], response.status_code
        )
    elif name == "empty":
        return HttpResponse(b"", "application/json", response.status_code)
    elif name == "html":
        return HttpResponse("<html><title>Maintenance</title><p>Back soon.</html>", "text/html", 200)
    elif name == "wrong_number_format":
        return _changed(response, lambda number: number.replace("-", ""))
    elif name == "duplicate_reply":
        return _changed(response, _number_of_another)
    elif name == "huge":
        return StreamingHttpResponse(
            (b" " * 65536 for _ in range(arguments["bytes"] // 65536)), content_type="application/json"
        )
    elif name == "drip":
        return StreamingHttpResponse(
            _drip(response.content, arguments["seconds_per_byte"]), content_type="application/json"
        )
    return response


def _held_up(arguments: dict[str, Any]) -> float:
    """Wait the ordered seconds, or until the order is called off, so that its giver decides when the call arrives."""
    began, order = time.monotonic(), arguments.get("order")  # what a random mix drew is no order
    while (waited := time.monotonic() - began) < arguments["seconds"]:
        if order and not Fault.objects.filter(pk=order).exists():
            break
        time.sleep(0.05)
    return waited


def _wait(arguments: dict[str, Any]) -> dict[str, str]:
    return {} if arguments["retry_after"] is None else {"Retry-After": str(arguments["retry_after"])}


def _drip(content: bytes, seconds: float) -> Iterator[bytes]:
    for index in range(len(content)):
        time.sleep(seconds)
        yield content[index : index + 1]


def _changed(response: HttpResponse, change: Callable[[str], str]) -> HttpResponse:
    """The same reply with another number in it; of several, in the first."""
    try:
        body = json.loads(response.content)
        inner = body.get("registration") or body.get("certificate") or body["registrations"][0]
        inner["number"] = change(inner["number"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return response
    return HttpResponse(json.dumps(body), "application/json", response.status_code)


def _number_of_another(number: str) -> str:
    """The number that was given to the registration before this one."""
    other = Certificate.objects.exclude(number=number).order_by("-id").first()
    return other.number if other else number
