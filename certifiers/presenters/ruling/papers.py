"""What the settings of documents say: each row as its exporter meets it, with why it is asked and when it is due."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certifiers.presenters.ruling.reader import Reader
from nopic.requests.checks.papers import last_due_day, why_not_due
from nopic.requests.steps.products import why_not_lots
from nopic.tenants.calendar import final_document_due
from nopic.tenants.policy import FILE_TYPES, TRANSPORT_KINDS, Answers, DocumentRow, DocumentRule, Goods, Supplier
from nopic.tenants.policy import documents_due as due
from nopic.tenants.policy.documents import MOST_FILES
from nopic.tenants.policy.letters import SAMPLES
from nopic.tenants.policy.words import word

_SUPPLIER = "1"
_LEAVES_IN, _SHORT_TRIP = timedelta(days=14), timedelta(days=5)


def documents(reader: Reader) -> list[str]:
    """One line for each row of the list."""
    if not reader.rules.documents:
        return [_("No documents are asked for.")]
    return [line for rule in reader.rules.documents for line in _row(reader, rule)]


def _row(reader: Reader, rule: DocumentRule) -> list[str]:
    rows = [row for answers in _examples(rule) for row in due(replace(reader.rules, documents=(rule,)), answers)]
    if not rows:
        return []
    row = rows[0]
    why = list(dict.fromkeys(each.why for each in rows))
    if rule.condition != "always":
        why.insert(0, _("%(when)s.") % {"when": word(rule.condition)})
    said = _("%(document)s, %(when)s: %(why)s") % {"document": row.name, "when": _when(row), "why": " ".join(why)}
    return [" ".join([said, *_details(row), *filter(None, [_follows(reader, row)])])]


def _examples(rule: DocumentRule) -> list[Answers]:
    """Answers of which each asks for the row: one for each way of travelling that it names."""
    same = rule.condition == "purchased_lot_same_certifier"
    goods = tuple(
        Goods(code=product or "", hts=product or "", origin=origin or "", suppliers=frozenset({_SUPPLIER}))
        for product, origin in zip_longest(rule.products, rule.origins)
    )
    return [
        Answers(
            suppliers=(Supplier(_SUPPLIER, _("supplier Kawsay"), same),), goods=goods, mode=mode, places=rule.destinations
        )
        for mode in rule.modes or ("sea",)
    ]  # fmt: skip


def _when(row: DocumentRow) -> str:
    if row.required_before_sending:
        return _("needed before sending")
    if not row.may_follow:
        return _("welcome, never waited for")
    return _("may follow")


def _details(row: DocumentRow) -> list[str]:
    said = []
    if row.may_not_apply:
        said.append(_("The exporter may say that it does not apply."))
    if row.least_files > 1:
        said.append(_("%(n)s files are needed.") % {"n": row.least_files})
    if row.most_files < MOST_FILES:
        said.append(
            ngettext("%(n)s file is taken.", "At most %(n)s files are taken.", row.most_files) % {"n": row.most_files}
        )
    if row.kinds:
        said.append(_("The exporter says which: %(them)s.") % {"them": _named(TRANSPORT_KINDS, row.kinds)})
    if row.accepts:
        said.append(_("Taken as: %(them)s.") % {"them": _named(FILE_TYPES, row.accepts)})
    if row.organic != "no":
        said.append(_("“Organic on it?”: %(how)s.") % {"how": word(row.organic)})
    return said


def _follows(reader: Reader, row: DocumentRow) -> str:
    """What an exporter reads who promises a document for later than the row allows; nothing without a last day."""
    leaves = reader.today + _LEAVES_IN
    last = last_due_day(row, leaves)
    if last is None:
        return ""
    late = why_not_due(row, last + timedelta(days=1), leaves, reader.today)
    return _("Promised for later: “%(sentence)s”") % {"sentence": late}


def _named(words: Mapping[str, object], codes: tuple[str, ...]) -> str:
    return ", ".join(str(words[code]) for code in codes)


def final(reader: Reader) -> list[str]:
    """By when the final transport document is owed."""
    leaves = reader.today + _LEAVES_IN
    soon, words = leaves + _SHORT_TRIP, {"leaves": reader.day(leaves)}

    def by(mode: str, arrival: date | None = None) -> str:
        return reader.day(final_document_due(reader.office, mode=mode, departure=leaves, arrival=arrival))

    return [
        _("By sea, leaving on %(leaves)s: the final transport document is due by %(day)s.") % {**words, "day": by("sea")},
        _("If it arrives on %(day)s already, by %(due)s.")
        % {"day": reader.day(soon), "due": by("sea", soon)},
        _("By air, road or rail, leaving on %(leaves)s: by %(day)s.") % {**words, "day": by("road")},
    ]  # fmt: skip


def lots(reader: Reader) -> list[str]:
    """What an exporter without lot numbers reads."""
    sentence = why_not_lots(SAMPLES["product"], 0, reader.rules, time_frame=False)
    return [
        _("“%(sentence)s”") % {"sentence": sentence} if sentence else _("A product may be sent without lot numbers.")
    ]


def most_lots(reader: Reader) -> list[str]:
    """What an exporter with too many reads."""
    sentence = why_not_lots(SAMPLES["product"], reader.rules.max_lots + 1, reader.rules, time_frame=False)
    return [_("“%(sentence)s”") % {"sentence": sentence}]


def declaration(reader: Reader) -> list[str]:
    """What the exporter declares when sending."""
    return [_("The exporter declares: “%(text)s”") % {"text": reader.rules.declaration_text}]
