"""The certifier's policy: pages that show every setting and what users read because of it; admins change, staff look.

A change counts from a day on and never touches a request that was sent: each keeps the version it was sent under.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certifiers.forms import ruling as form
from certifiers.presenters.ruling import Reader, planned_first, sentences, swatches, told_changes
from nopic.presentation import words
from nopic.tenants import queries
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.actions import ChangedMeanwhile, change_policy, laid_out
from nopic.tenants.models import Policy
from nopic.tenants.policy import PolicyError, Rules
from nopic.tenants.policy.frame import At, read_record
from nopic.tenants.policy.groups import GROUPS, Group, group_of
from nopic.tenants.policy.presets import PRESETS, Preset
from nopic.tenants.policy.saying import differences, label_of
from nopic.tenants.statuses import Role
from nopic.workflow.clock import now
from nopic.workflow.transitions import Refused

WHY = 500  # characters of a reason


@require_safe
@staff_door
def policies(request: PortalRequest) -> HttpResponse:
    """One card for each page, with when it changed last and what is planned; the number of statements is constant."""
    every = frozenset(Rules.__dataclass_fields__)
    changes = queries.changes(request.certifier.pk, every)
    zone = queries.policy_of(request.certifier.pk).rules.time_zone
    cards = []
    for slug, group in GROUPS.items():
        if not group.settings:
            continue
        mine = [change for change in changes if change.setting in group.settings]
        begun = queries.begun(mine)
        plans = {change.policy.pk for change in mine if change.state == "planned"}
        cards.append({"slug": slug, "group": group, "last": begun[-1] if begun else None, "planned": len(plans)})
    return render(request, "certifiers/policies/index.html", {"cards": cards, "zone": zone})


@require_http_methods(["GET", "POST"])
@staff_door
def policy_group(request: PortalRequest, group: str) -> HttpResponse:
    """One page: what counts today, the form for admins, what users will read, what is planned, and the history."""
    page = GROUPS.get(group)
    if page is None or not page.settings:
        raise Http404
    if request.method != "POST":
        return opened(request, group, page)
    if Role.CERTIFIER_ADMIN not in request.roles:
        raise PermissionDenied
    return _posted(request, group, page)


def opened(
    request: PortalRequest, slug: str, group: Group, *, withdrawing: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page as it is opened; `withdrawing`: the planned version that cannot be withdrawn like this, why typed, and why not."""
    policy = queries.policy_of(request.certifier.pk)
    values, preset = _complete(policy), PRESETS.get(request.GET.get("preset", ""))
    if preset is not None:
        values |= {name: value for name, value in preset.written().items() if name in group.settings}
    entered = {"since": _today(policy.rules).isoformat(), "why": "", "shown": policy.version, "seen": _newest(request)}
    return _page(request, slug, group, policy, values, entered, preset=preset, withdrawing=withdrawing)


def _posted(request: PortalRequest, slug: str, group: Group) -> HttpResponse:
    policy, post = queries.policy_of(request.certifier.pk), request.POST
    shown = _version(request, post.get("shown", "")) or policy
    before, proposed = _complete(shown), form.typed(group, post)
    seen = post.get("seen", "")
    entered: dict[str, Any] = {
        "since": post.get("since", "").strip(),
        "why": post.get("why", "").replace("\x00", "").strip()[:WHY],
        "shown": shown.version,
        "seen": int(seen) if seen.isdecimal() and len(seen) < 10 else shown.version,
    }
    values = {**_complete(policy), **proposed}
    if post.get("go") not in ("save", "preview"):  # a row was added, removed or moved
        return _page(request, slug, group, policy, values, entered)
    changed = {name: proposed[name] for name in group.settings if proposed[name] != before.get(name)}
    problems: dict[str, str] = {}
    since = _since(entered["since"], policy.rules, problems)
    ground = queries.policy_of(request.certifier.pk, since)
    was, will = before, changed
    try:
        stored = read_record(Rules, values, At())  # as it is kept: spaces cut, empty lines gone
        changed = {
            name: stored.to_json()[name] for name in changed if getattr(stored, name) != getattr(shown.rules, name)
        }
        was, will = laid_out(ground, changed, before)
    except PolicyError as error:
        problems |= error.problems
    if not changed and not problems:
        problems["why"] = _("Nothing is changed yet: every value is as it was")
    if post["go"] == "save" and not problems:
        try:
            version = change_policy(
                certifier=request.certifier, settings=changed, since=since, seen=entered["seen"], reason=entered["why"],
                by=request.user, shown=before,
            )  # fmt: skip
            messages.success(request, _saved(version, policy.rules))
            return redirect("policy_group", certifier=request.certifier.slug, group=slug)
        except ChangedMeanwhile as late:
            return _overtaken(request, slug, group, late, entered, changed)
        except PolicyError as error:
            problems |= error.problems
        except Refused as refused:
            problems["why"] = " ".join(str(each) for each in refused.findings)
    return _page(
        request, slug, group, policy, values, entered, problems=problems, before=was, will=will,
        changed={name: will[name] for name in changed}, planned_too=ground.version != policy.version,
    )  # fmt: skip


def _overtaken(
    request: PortalRequest,
    slug: str,
    group: Group,
    late: ChangedMeanwhile,
    entered: dict[str, Any],
    changed: dict[str, Any],
) -> HttpResponse:
    """What a colleague changed meanwhile, beside what was typed: the form is laid on the newer values, nothing is lost."""
    policy = queries.policy_of(request.certifier.pk)
    told = []
    for row in late.newer:
        for name, before in row.changed.items():
            if name in group.settings:
                told += [
                    _("%(who)s: %(what)s (%(why)s)") % {"who": row.by, "what": what, "why": row.note}
                    for what in differences(name, before, row.data[name], row.data)
                ]
    entered = {**entered, "shown": policy.version, "seen": _newest(request)}
    values = {**_complete(policy), **changed}
    return _page(
        request, slug, group, policy, values, entered, meanwhile=told, before=_complete(policy), changed=changed
    )


def _page(
    request: PortalRequest, slug: str, group: Group, policy: Policy, values: Mapping[str, Any], entered: dict[str, Any],
    *, problems: Mapping[str, str] | None = None, meanwhile: list[str] | None = None, preset: Preset | None = None,
    before: Mapping[str, Any] | None = None, changed: Mapping[str, Any] | None = None, will: Mapping[str, Any] | None = None,
    planned_too: bool = False, withdrawing: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    problems = problems or {}
    may_change = Role.CERTIFIER_ADMIN in request.roles
    controls = form.nodes(group, values, problems) if may_change else []
    moment, who = now(), request.certifier.name
    readable = True
    try:
        proposed = Reader(Rules.from_json({**values, **(will or {})}), moment, who)
        for node in controls:
            node.told = sentences(node.name, proposed)
        colours = swatches(proposed.rules) if slug == "brand" else []
    except (PolicyError, ValueError):  # what cannot be read yet has no sentence
        readable, colours = False, []
    zone = policy.rules.time_zone
    changes = queries.changes(request.certifier.pk, frozenset(group.settings), moment)
    planned, history = planned_first(told_changes(changes))
    since = {one.setting: one.policy.effective_from for one in queries.begun(changes)}
    in_force = Reader(policy.rules, moment, who)
    context = {
        "slug": slug,
        "group": group,
        "facts": [
            {"label": label, "values": told, "told": sentences(name, in_force), "since": since.get(name)}
            for name, label, told in form.facts(group, _complete(policy))
        ],
        "policy": policy,
        "may_change": may_change,
        "nodes": controls,
        "entered": entered,
        "since_error": problems.get("since", ""),
        "why_error": problems.get("why", ""),
        "problems": [*_linked(form.summary(controls, problems), problems), *_planned(withdrawing)],
        "withdrawing": withdrawing,
        "elsewhere": _elsewhere(group, problems),
        "changes": _in_words(before or {}, changed or {}, {**values, **(will or {})}),
        "affected": [node for node in controls if node.told and node.name in (changed or {})],
        "readable": readable,
        "planned_too": planned_too,
        "meanwhile": meanwhile or [],
        "swatches": colours,
        "is_proposal": bool(changed or preset or problems or meanwhile),
        "planned": planned,
        "history": history,
        "zone": zone,
        "preset": preset,
        "preset_rows": preset.rows(group.settings) if preset else [],
        "presets": [each for each in PRESETS.values() if each.touches(group.settings)],
        "has_errors": bool(problems or withdrawing),
    }
    status = 409 if meanwhile else 422 if problems or withdrawing else 200
    return render(request, "certifiers/policies/group.html", context, status=status)


def _linked(summary: list[tuple[str, str]], problems: Mapping[str, str]) -> list[tuple[str, str]]:
    own = {problems[name]: f"f-{name}" for name in ("since", "why") if name in problems}
    return [(sentence, control or own.get(sentence, "")) for sentence, control in summary]


def _planned(withdrawing: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    return [(withdrawing["error"], f"w-{withdrawing['version']}")] if withdrawing else []


def _elsewhere(group: Group, problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """(slug, title) of other pages on which a contradiction could be mended as well."""
    found = {}
    for path in problems:
        name = path.partition(".")[0]
        if name in Rules.__dataclass_fields__ and name not in group.settings:
            found[group_of(name)] = str(GROUPS[group_of(name)].title)
    return list(found.items())


def _complete(policy: Policy) -> dict[str, Any]:
    """The values of a version with today's default for every setting that it was stored without."""
    return policy.rules.to_json()


def _in_words(before: Mapping[str, Any], changed: Mapping[str, Any], among: Mapping[str, Any]) -> list[str]:
    return [told for name, value in changed.items() for told in differences(name, before.get(name), value, among)]


def _newest(request: PortalRequest) -> int:
    return Policy.objects.filter(certifier_id=request.certifier.pk).latest("version").version


def _version(request: PortalRequest, number: str) -> Policy | None:
    if not number.isdecimal() or len(number) > 9:
        return None
    return Policy.objects.filter(certifier_id=request.certifier.pk, version=int(number)).first()


def _today(rules: Rules) -> date:
    from nopic.tenants.calendar import Office

    return Office(rules).local(now()).date()


def _since(text: Any, rules: Rules, problems: dict[str, str]) -> datetime:
    """The moment from which a change counts: the beginning of that day at the office, or now if it is today."""
    from nopic.tenants.calendar import Office

    today, zone = _today(rules), Office(rules).zone
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        problems["since"] = _("Counts from: enter a date such as 2026-12-24")
        return now()
    if day < today:
        problems["since"] = _("Counts from: enter today or a later day. What was decided before stays as it was")
    if (day - today).days > 1100:
        problems["since"] = _("Counts from: enter a day within three years")
    return now() if day <= today else datetime.combine(day, time(0), tzinfo=zone)


def _saved(version: Policy, rules: Rules) -> str:
    names = ", ".join(label_of(name) for name in version.changed)
    if version.effective_from > now():
        when = words.moment(version.effective_from, rules.time_zone, words.city_of(rules.time_zone))
        return _("Planned: %(names)s. It counts from %(when)s, for requests sent from then on.") % {
            "names": names, "when": when,
        }  # fmt: skip
    return _("Changed: %(names)s. It counts from now on; requests already sent keep what they were sent under.") % {
        "names": names
    }
