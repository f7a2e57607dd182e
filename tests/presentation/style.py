"""The style pages of `pages/`: every part of the look once, with invented names, rendered as the portal would send them."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.template import Context, engines
from django.test import RequestFactory

from nopic.presentation import bars, statuses, words
from nopic.presentation.forms import on_paper

PAGES = Path(__file__).parent / "pages"
TODAY = date(2026, 11, 23)
KEYS = [("J K", "next and previous row"), ("Enter", "open"), ("A", "take"), ("/", "search")]


class LineForm(forms.Form):
    product = on_paper(
        forms.ChoiceField(label="Product on your verified list", choices=[("3", "PV-03 Coffee, green")]),
        box=7,
        width="n8",
    )
    weight = on_paper(
        forms.CharField(label="Net weight", help_text="19,200 kg, 19.2 t"), box=10, unit="kg", width="n4 m6"
    )
    packages = on_paper(forms.CharField(label="Packages"), box=11, unit="bags", width="n4 m6")
    gross = on_paper(forms.CharField(label="Gross weight", required=False), box=11, unit="kg", width="n4")
    lots = on_paper(forms.CharField(label="Lot numbers", help_text="As written on the bags"), box=12)
    cover = forms.ChoiceField(
        label="What should the certificate cover?",
        choices=[("one", "One shipment"), ("many", "Several shipments")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Why is the request late?", widget=forms.Textarea(attrs={"rows": 3}))
    email = forms.EmailField(label="Importer e-mail", help_text="Receives the certificate")
    declaration = forms.BooleanField(label="The products are organic and the documents name them so")


def context() -> dict[str, Any]:
    over = bars.bar(used=Decimal(50_500), held=Decimal(24_000), this=Decimal(24_000), of=Decimal(96_000))
    enough = bars.bar(used=Decimal(331_200), held=Decimal(19_200), this=Decimal(19_200), of=Decimal(412_000))
    days = [
        {"date": date(2026, 12, d), "counts": d not in (5, 6, 8, 9), "role": {3: "safe", 4: "by", 11: "go"}.get(d, "")}
        for d in range(3, 12)
    ]
    certifier = SimpleNamespace(
        slug="tierra-firme", name="Tierra Firme Certification", legal_name="Tierra Firme Certification SAC", mark="tierra-firme",
        country="Peru", role_text="Accredited certifying agent, USDA National Organic Program",
    )  # fmt: skip
    rows = [
        {"reference": "2026-0426", "what": "Green coffee, Arabica, washed", "route": "Callao to Oakland · Bay Bridge",
         "kg": words.kg(Decimal(19_200)), "leaves": words.day(date(2026, 11, 27), TODAY), "status": statuses.tag("request", "in_review"),
         "sentence": statuses.sentence("request", "in_review", "exporter", decision="Wed 25 Nov")},
        {"reference": "2026-0431", "what": "Green coffee and white quinoa", "route": "Callao to Newark · Northshore",
         "kg": words.kg(Decimal(43_200)), "leaves": words.day(date(2026, 12, 11), TODAY), "status": statuses.tag("request", "draft"),
         "sentence": statuses.sentence("request", "draft", "exporter", done=4, steps=6)},
    ]  # fmt: skip
    queue = [
        {"reference": "2026-0433", "urgency": "bad", "left": "4 h", "exporter": "Jengibre Junín SAC", "commodity": "Ginger, fresh",
         "kg": "20,400", "leaves": "Tue 24 Nov", "to": "Long Beach", "look": "late request", "shape": "bad"},
        {"reference": "2026-0424", "urgency": "act", "left": "1 day", "exporter": "Vanille Sava SARL", "commodity": "Vanilla, cured",
         "kg": "1,150", "leaves": "Wed 25 Nov", "to": "New York", "look": "new supplier", "shape": "act"},
        {"reference": "2026-0427", "urgency": "", "left": "2 days", "exporter": "Quinua Altiplano SAC", "commodity": "Quinoa, red",
         "kg": "42,000", "leaves": "Fri 27 Nov", "to": "Baltimore", "look": "", "shape": ""},
    ]  # fmt: skip
    columns = [
        {"label": "has left", "mine": 1, "late": True}, {"label": "1 day", "mine": 2, "theirs": 1, "late": True},
        {"label": "2", "mine": 4, "theirs": 1, "url": "#two"}, {"label": "3", "mine": 3, "theirs": 1}, {"label": "4", "mine": 4, "theirs": 2},
        {"label": "5", "mine": 1, "theirs": 2}, {"label": "6+", "mine": 2, "theirs": 2},
    ]  # fmt: skip
    checks = [
        {"box": 10, "q": "Net weight", "v": "differs", "declared": "19,200 kg", "found": "19,080 kg", "severity": "stop",
         "finding": "The weight is over what is left on the verified list."},
        {"box": 11, "q": "Packages", "v": "", "declared": "320 bags of 60 kg", "found": "318 bags", "severity": "note",
         "finding": "Worth a look: the bags were 69 kg last time."},
        {"box": 12, "q": "Lot numbers", "v": "match", "declared": "VV-26-104, VV-26-107"},
        {"box": 8, "q": "US tariff code", "v": "na", "declared": "0901.11.0015"},
    ]  # fmt: skip
    events = [
        {"text": "You opened the case", "when": "Mon 23 Nov, 09:12 Lima", "state": "here"},
        {"text": "Request sent by Rosa Quispe", "when": "Fri 20 Nov, 16:03 Lima", "state": "done"},
    ]
    return {
        "certifier": certifier,
        "nav_items": [
            {"label": label, "url": f"#{label}", "current": at == 0}
            for at, label in enumerate(["Requests", "Certificates", "Verified list", "Suppliers", "People"])
        ],
        "user": SimpleNamespace(is_authenticated=True, email="rosa@valleverde.example", get_full_name="Rosa Quispe"),
        "organisation_name": "Valle Verde",
        "form": LineForm({"product": "3", "packages": "320", "email": "nobody"}),
        "over": over, "enough": enough, "days": days, "rows": rows, "queue": queue, "columns": columns, "checks": checks,
        "events": events, "hint": KEYS, "keys": KEYS, "sha256": "7c41" * 16,
        "states": ["shipped", "pending", "cancelled", "needs_attention", "abandoned"],
        "tags": [(kind, state) for kind, table in statuses.STATUSES.items() for state in table],
    }  # fmt: skip


def rendered(name: str, **more: Any) -> str:
    """A style page as the portal would send it."""
    template = engines["django"].from_string((PAGES / f"{name}.html").read_text())
    request = RequestFactory().get("/")
    request.session = {}  # the forms' tokens live in the session
    return template.template.render(_with_request({**context(), **more}, request))


def _with_request(values: dict[str, Any], request: Any) -> Any:
    return Context({**values, "request": request, "csrf_token": "token"})
