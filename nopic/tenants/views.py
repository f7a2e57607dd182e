"""Pages before any tenant is known: landing, health, invitation, a certifier's colours."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from nopic.tenants import invitations
from nopic.tenants.access import PortalRequest, landing_path, memberships_of, places_of
from nopic.tenants.context import tenant
from nopic.tenants.forms import AcceptForm
from nopic.tenants.models import Certifier
from nopic.tenants.policy.brand import theme as accents
from nopic.tenants.queries import policy_of


@require_safe
def landing(request: PortalRequest) -> HttpResponse:
    """Send people to the page of their first role; let people of several organisations choose."""
    memberships = memberships_of(request.user)
    path = landing_path(memberships)
    if path is None:
        raise PermissionDenied
    places = places_of(memberships)
    if len(places) == 1:
        return redirect(path)
    return render(request, "landing.html", {"places": places.items()})


@login_not_required
def no_such_page(request: HttpRequest) -> HttpResponse:
    """In place of a page of allauth's that the portal does not offer."""
    raise Http404


@login_not_required
@require_GET
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """The database takes a write and the sweeper works; the broker and the workers may be away without harm."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT process, EXTRACT(EPOCH FROM clock_timestamp() - at) FROM workflow_heartbeat ORDER BY process"
        )
        ages = {process: round(float(age)) for process, age in cursor.fetchall()}
    sweeper_alive = ages.get("sweeper", 10**9) < 4 * max(1.0, settings.SWEEP_SECONDS)
    ready = sweeper_alive
    body = {"status": "ready" if ready else "not ready", "seconds_since": ages}
    return JsonResponse(body, status=200 if ready else 503)


@login_not_required
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the invited person makes an account (or confirms with the one they have) and joins."""
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "account/invitation_over.html", status=404)
    form = AcceptForm(request.POST if request.method == "POST" else None, invitation=invitation, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = invitations.accept(
            token,
            user=request.user if request.user.is_authenticated else None,
            name=form.cleaned_data.get("name", ""),
            password=form.cleaned_data.get("password1", ""),
        )
        if user is None:
            return render(request, "account/invitation_over.html", status=404)
        if not request.user.is_authenticated:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("landing")
    status = 422 if form.errors else 200
    return render(request, "account/invitation.html", {"form": form, "invitation": invitation}, status=status)


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def theme(request: HttpRequest, certifier: str) -> HttpResponse:
    """The certifier's three colours as a stylesheet of its own, so that the CSP needs no inline style."""
    found = Certifier.objects.filter(slug=certifier).first()
    if found is None:
        raise Http404
    with tenant(found):
        rules = policy_of(found.pk).rules
    # Without accents in the policy in force the colours with which the certifier was founded.
    brand = accents(rules.accent_light, rules.accent_dark) or found.brand
    return render(request, "parts/theme.css", {"brand": brand}, content_type="text/css")
