"""What the check-up has to say about a file, in sentences, with what can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.accounts import api as accounts
from guibin.integrations.mapping.recognise import recognise, said_currency
from guibin.integrations.queries import RunView
from guibin.web import formats

ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "gbk": "GBK",
    "gb18030": "GB18030",
    "big5": "Big5",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
SURE = 0.8
UNITS = ("元", "万", "¥", "￥", "块")


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind`` warn or bad; ``options`` are read options the one button sends back."""

    kind: str
    title: str
    text: str
    action: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def list_findings(found: Mapping[str, Any], columns: list[Mapping[str, Any]]) -> list[Finding]:
    """Most urgent first."""
    findings = [*_encoding(found)]
    for name, profile, column in zip(found["columns"], found["profile"], columns, strict=True):
        findings += _column(name, profile, column)
    return sorted(findings, key=lambda finding: finding.kind != "bad")


def lacking_findings(labels: Sequence[str]) -> list[Finding]:
    """Required fields without a column."""
    if not labels:
        return []
    text = _("Please say which column it is: %(fields)s.") % {"fields": ", ".join(labels)}
    return [Finding("bad", _("Something needed has no column yet"), text)]


def currency_findings(run: RunView, found: Mapping[str, Any]) -> list[Finding]:
    """The amounts carry a currency's sign, and no column says the currency."""
    said = said_currency(found["profile"], run.mapping["columns"], base=accounts.organisation().base_currency)
    if not said:
        return []
    text = _("The amounts carry the sign of %(currency)s. Is that their currency?") % {"currency": said}
    return [Finding("warn", _("Currency of the amounts"), text)]


def _encoding(found: Mapping[str, Any]) -> list[Finding]:
    findings = []
    mojibake = found.get("mojibake")
    if mojibake and mojibake["repairable"]:
        text = _("“%(old)s” should read “%(new)s”. The file was saved with the wrong encoding.") % {
            "old": mojibake["example"][:40],
            "new": mojibake["repaired"][:40],
        }
        options = {"repair": f"{mojibake['misread']},{mojibake['written']}"}
        findings.append(Finding("bad", _("The text is garbled"), text, _("Repair"), options))
    elif mojibake:
        text = _("“%(old)s” cannot be put right any more. Please export the file again as UTF-8.")
        findings.append(Finding("bad", _("The text is garbled"), text % {"old": mojibake["example"][:40]}))
    if found.get("encoding") and found.get("encoding_sure", 1) < SURE:
        others = ", ".join(
            dict.fromkeys(ENCODING_WORDS.get(name, name) for name in found.get("encoding_others", []))
        )
        text = _("Read as %(name)s. If names look wrong, try another: %(others)s.") % {
            "name": ENCODING_WORDS.get(found["encoding"], found["encoding"]),
            "others": others,
        }
        findings.append(Finding("warn", _("The encoding is not certain"), text))
    if not found["header"]:
        text = _("No row of headings was found, so the columns are numbered.")
        findings.append(Finding("warn", _("Columns without names"), text))
    return findings


def _column(name: str, profile: Mapping[str, Any], column: Mapping[str, Any]) -> list[Finding]:
    findings = []
    target = column.get("target", "")
    if not target:
        return []
    if profile["exponents"]:
        title = ngettext(
            "%(count)s number lost its digits", "%(count)s numbers lost their digits", profile["exponents"]
        ) % {"count": formats.number(profile["exponents"])}
        text = _(
            "“%(name)s” holds values like 1.1E+17: a spreadsheet shortened them. Please export the column "
            "as text."
        )
        findings.append(Finding("bad", title, text % {"name": name}))
    style = column.get("style", {})
    if style.get("mixed"):
        text = _(
            "In “%(name)s” the day comes first in some rows and the month in others. Unclear rows are "
            "left out."
        )
        findings.append(Finding("bad", _("Dates are written in two ways"), text % {"name": name}))
    elif "order" in style and not column.get("style_sure", True):
        example = next((s for s in profile["samples"] if s), "")
        text = _("“%(name)s” holds %(example)s: please say whether the day or the month comes first.")
        findings.append(Finding("warn", _("Day or month first?"), text % {"name": name, "example": example}))
    if "mark" in style:
        findings += _amounts(name, profile)
    lost = _lost_zeros(target, profile)
    if lost:
        findings.append(lost)
    return findings


def _amounts(name: str, profile: Mapping[str, Any]) -> list[Finding]:
    with_unit = next((s for s in profile["samples"] if any(unit in s for unit in UNITS)), "")
    if not with_unit:
        return []
    text = _("“%(name)s” holds amounts like %(example)s; the unit is understood.") % {
        "name": name,
        "example": with_unit,
    }
    return [Finding("warn", _("Amounts with units"), text)]


def _lost_zeros(target: str, profile: Mapping[str, Any]) -> Finding | None:
    """Codes of unequal length without any leading zero, where most are as long as the longest."""
    if target not in {"card", "customer_card", "external_id", "customer", "sku"} or profile["leading_zeros"]:
        return None
    shapes = {shape: count for shape, count in profile["shapes"].items() if shape and set(shape) == {"9"}}
    if len(shapes) < 2:
        return None
    longest = max(shapes, key=len)
    total = sum(shapes.values())
    near = shapes.get(longest[:-1], 0)
    if len(longest) < 6 or shapes[longest] < 0.85 * total or not 0 < near < 0.12 * total:
        return None
    return Finding(
        "warn",
        _("Zeros at the front may be lost"),
        _("Most values have %(long)s digits, some one less. If they began with 0, export the column as text.")
        % {"long": len(longest)},
    )


def is_hidden(profile: Mapping[str, Any], *, sensitive: bool) -> bool:
    """Whether the values of a column are shown masked only."""
    return sensitive or not {"phone", "id_number", "email"}.isdisjoint(recognise(profile))


def mask_sample(text: str, profile: Mapping[str, Any], *, sensitive: bool) -> str:
    """A sample as it may be shown: phones, mail addresses, cards and ID numbers with their middle hidden."""
    if is_hidden(profile, sensitive=sensitive):
        name, at, domain = text.partition("@")
        if at:
            return f"{name[:1]}***@{domain}"
        if len(text) > 7:
            return f"{text[:3]}{'*' * min(8, len(text) - 7)}{text[-4:]}"
        return f"{text[:1]}{'*' * max(0, len(text) - 2)}{text[-1:]}"
    return text[:28] + ("…" if len(text) > 28 else "")
