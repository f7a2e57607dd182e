"""Every error of the API as `application/problem+json` (RFC 9457) with a stable `code`."""

from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from .deadlines import TooLate


class Refused(Exception):
    """The registry will not record this; `code` is stable, `detail` a sentence, `fields` says where."""

    status = 422

    def __init__(self, code: str, detail: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.fields = fields or {}


class Conflict(Refused):
    """The registry already holds something else under this reference or number."""

    status = 409


def problem(
    status: int, code: str, detail: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> JsonResponse:
    """The reply for one problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [{"field": field, "detail": text} for field, text in (fields or {}).items()],
    }
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)


def as_problem(error: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """DRF's exception handler: whatever an API view raises, in the one form."""
    if isinstance(error, Refused):
        return problem(error.status, error.code, error.detail, error.fields)
    if isinstance(error, TooLate):
        return problem(503, "too_late", "The request took too long and was given up; nothing was recorded.")
    if isinstance(error, OperationalError):
        # The database gave up at the deadline or is away; either way the transaction was rolled back.
        return problem(503, "outage", "The registry's database did not answer in time; nothing was recorded.")
    if isinstance(error, ValidationError):
        return problem(422, "shape", "The data are not of the required form.", dict(_flat("", error.detail)))
    response: Response | None = exception_handler(error, context)
    if response is None or not isinstance(error, APIException):
        return None if response is None else problem(response.status_code, "error", str(error))
    headers = {name: value for name, value in response.items() if name in ("WWW-Authenticate", "Allow")}
    return problem(response.status_code, str(error.get_codes()), str(error.detail), headers=headers)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """An address that does not exist."""
    return problem(404, "no_such_address", "There is nothing at this address.")


def server_error(request: HttpRequest) -> JsonResponse:
    """A fault of the mock itself."""
    return problem(500, "error", "The registry failed.")


def _flat(place: str, detail: Any) -> list[tuple[str, str]]:
    """Nested validation errors as (`exporter.nop_id`, sentence) pairs."""
    if isinstance(detail, dict):
        return [pair for name, inner in detail.items() for pair in _flat(f"{place}.{name}".lstrip("."), inner)]
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        return [pair for index, inner in enumerate(detail) for pair in _flat(f"{place}.{index}".lstrip("."), inner)]
    return [(place, " ".join(str(item) for item in detail) if isinstance(detail, list) else str(detail))]
