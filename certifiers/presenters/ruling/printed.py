"""What the settings of fees, letters and brand say: prices, paragraphs of e-mails, and what is printed."""

from dataclasses import replace

from django.utils.translation import gettext as _

from certifiers.presenters.ruling.reader import Reader
from nopic.fees.prices import price_list
from nopic.fees.quotes import Facts, money, quote
from nopic.tenants.policy.brand import least_contrast
from nopic.tenants.policy.letters import LETTER_NAMES, SAMPLES, filled
from nopic.tenants.policy.words import word


def fees(reader: Reader) -> list[str]:
    """The price list as exporters read it, and what sample requests would cost."""
    rules = reader.rules
    if rules.fees.is_free:
        return [_("Nothing costs anything, and no page speaks of fees.")]
    said = [
        _("%(what)s: %(price)s, %(when)s") % {"what": what, "price": price, "when": when}
        for what, price, when in price_list(rules)
    ]
    chosen = rules.turnaround("")
    ordinary = Facts([(1, ""), (2, "")], turnaround=chosen.code, turnaround_title=chosen.title)
    for sentence, facts in (
        (_("Two products, in time: %(price)s."), ordinary),
        (_("The same, late: %(price)s."), replace(ordinary, late=True)),
        (_("The same, leaving on the day of sending: %(price)s."), replace(ordinary, same_day=True)),
    ):
        said.append(sentence % {"price": money(quote(rules.fees, facts).total, rules.fees.currency)})
    return said


def letters(reader: Reader) -> list[str]:
    """The certifier's paragraphs, filled in with sample values."""
    said = [
        _("%(letter)s (%(language)s): %(text)s") % {
            "letter": LETTER_NAMES[own.letter], "language": word(own.language), "text": filled(own.text, SAMPLES),
        }
        for own in reader.rules.letters
    ]  # fmt: skip
    return said or [_("The portal's e-mails have no paragraph of yours.")]


def accent_light(reader: Reader) -> list[str]:
    """How well the colour can be read."""
    return _accent(reader.rules.accent_light, "light", _("Your colour on light pages: contrast %(ratio)s:1."))


def accent_dark(reader: Reader) -> list[str]:
    """The same on dark pages."""
    return _accent(reader.rules.accent_dark, "dark", _("Your colour on dark pages: contrast %(ratio)s:1."))


def _accent(accent: str, scheme: str, sentence: str) -> list[str]:
    if not accent:
        return [_("The colours that your portal began with.")]
    return [sentence % {"ratio": f"{int(least_contrast(accent, scheme) * 10) / 10}"}]


def footer(reader: Reader) -> list[str]:
    """The line of the certifier."""
    if not reader.rules.pdf_footer:
        return [_("The foot of a certificate has no line of yours.")]
    return [_("At the foot of each new certificate: “%(line)s”") % {"line": reader.rules.pdf_footer}]


def paper(reader: Reader) -> list[str]:
    """The size of the paper."""
    return [_("Certificates are printed on %(paper)s.") % {"paper": word(reader.rules.page_size)}]
