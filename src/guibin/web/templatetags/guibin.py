"""The tags and filters of every page. What each takes: README; how each looks: the gallery."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.template import Context, Library
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guibin.core import clock
from guibin.core.money import Money
from guibin.web import drawn, formats, pinyin
from guibin.web.access import actor_of
from guibin.web.charts import chart_context
from guibin.web.components import Component, compile_part, register_component
from guibin.web.context import help_page
from guibin.web.kept import compile_kept
from guibin.web.links import link_url
from guibin.web.listing.page import listing_html
from guibin.web.picking import pick_parts
from guibin.web.shapes import field_parts, job_parts, pace_parts, pager_parts

register = Library()
register.tag("part", compile_part)
register.tag("kept", compile_kept)

COMPONENTS = (
    Component("head", ("title", "sub", "crumbs"), block=True),
    Component("panel", ("title", "note", "flush", "id"), block=True, draw=drawn.panel),
    Component("receipt", ("title", "icon"), block=True, draw=drawn.receipt),
    Component("empty", ("title", "icon", "level"), block=True),
    Component("dialog", ("title", "id"), block=True),
    Component("suggestion", ("title", "first"), block=True),
    Component("event", ("title", "icon", "at", "where", "kind"), block=True, draw=drawn.event),
    Component("task", ("kind", "who", "url", "what"), block=True),
    Component("warning", ("title", "level"), block=True),
    Component("fix", ("title", "kind", "icon"), block=True),
    Component("dropdown", ("label", "icon", "quiet"), block=True),
    Component("next_level", ("ratio", "marks"), block=True, draw=drawn.next_level),
    Component("stat", ("label", "value", "note", "url", "unit", "tag", "tag_kind"), draw=drawn.stat),
    Component("tier", ("code", "name", "size"), draw=drawn.tier),
    Component("tag", ("text", "kind", "icon"), draw=drawn.tag),
    Component("chip", ("text", "url", "pressed", "count", "icon", "remove"), draw=drawn.chip),
    Component("clock", ("text", "urgency", "icon"), draw=drawn.clock),
    Component("avatar", ("name", "size"), draw=drawn.avatar),
    Component("share", ("ratio", "label"), draw=drawn.share),
    Component(
        "pace", ("label", "value", "target", "ratio", "expected", "note", "behind"), prepare=pace_parts
    ),
    Component("day", ("label",), draw=drawn.day),
    Component("facts", ("pairs",), draw=drawn.facts),
    Component("tabs", ("items", "label"), draw=drawn.tabs),
    Component("steps", ("items",)),
    Component("counts", ("items",)),
    Component("job", ("job", "poll_url"), prepare=job_parts),
    Component("field", ("field", "keyboard", "prefix", "suffix", "wide"), prepare=field_parts),
    Component(
        "pick",
        ("field", "name", "label", "hint", "chosen", "many", "required", "url", "id"),
        prepare=pick_parts,
    ),
    Component("segmented", ("field",), prepare=field_parts),
    Component("pagination", ("page", "url"), prepare=pager_parts),
    Component("undo", ("text", "url", "seconds")),
    Component("chart", ("chart",), prepare=chart_context),
)
for each in COMPONENTS:
    register_component(register, each)


@register.simple_tag(takes_context=True)
def listing(context: Context) -> str:
    """The list that ``render_list`` prepared."""
    return SafeString(listing_html(context["request"], context["listing"]))


@register.simple_tag(takes_context=True)
def link(context: Context, name: str, **arguments: Any) -> str:
    """The address of a registered page, ``""`` where there is none for this reader."""
    request = context.get("request")
    return link_url(name, actor=None if request is None else actor_of(request), **arguments)


@register.simple_tag(takes_context=True)
def shell_menu(context: Context) -> Any:
    """The side menu, with the entry of this page marked."""
    return context["shell"].menu(context.get("menu_key") or context.get("page_key") or "")


@register.simple_tag(takes_context=True)
def page_help(context: Context) -> Any:
    """The help of this page, None when none was written."""
    return help_page(context.get("page_key") or "")


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """An icon of the font; read out only when it has a label."""
    return drawn.icon(name, label)


def _quiet(value: object) -> bool:
    return value is None or value == ""


@register.filter
def money(value: Money | int | None, currency: str = "CNY") -> str:
    """Two decimals; an integer is minor units of ``currency``."""
    if _quiet(value):
        return ""
    return formats.money(value if isinstance(value, Money) else Money(int(value or 0), currency))


@register.filter
def money_whole(value: Money | int | None, currency: str = "CNY") -> str:
    """Without minor units: for targets and axes."""
    if _quiet(value):
        return ""
    return formats.money(value if isinstance(value, Money) else Money(int(value or 0), currency), whole=True)


@register.filter
def number(value: Decimal | float | None, digits: int | None = None) -> str:
    return "" if value is None or _quiet(value) else formats.number(value, digits)


@register.filter
def price(value: Decimal | float | None, currency: str = "CNY") -> str:
    return "" if value is None or _quiet(value) else formats.price(value, currency)


@register.filter
def points(value: int | None) -> str:
    return "" if value is None else formats.number(value, 0)


@register.filter
def wan(value: Decimal | float | None) -> str:
    return "" if value is None else formats.compact(value)


@register.filter
def percent(value: Decimal | float | None, digits: int = 0) -> str:
    return "" if value is None else formats.percent(value, digits)


@register.filter
def change(value: Decimal | float | None, digits: int = 1) -> str:
    return "" if value is None else formats.change(value, digits)


@register.filter
def day(value: date | None, style: str = "medium") -> str:
    return "" if value is None else formats.day(value, style)


@register.filter
def moment(value: datetime | None) -> str:
    return "" if value is None else formats.moment(value)


@register.filter
def clock_time(value: datetime | None) -> str:
    return "" if value is None else formats.clock_time(value)


@register.filter
def ago(value: date | None) -> str:
    return "" if value is None else formats.ago(value, clock.now())


@register.filter
def duration(value: timedelta | float | None) -> str:
    return "" if value is None else formats.duration(value)


@register.filter
def business_day(value: datetime | None, zone: str) -> str:
    return "" if value is None else formats.business_day(value, zone)


@register.filter
def discount(value: Decimal | float | None) -> str:
    return "" if value is None else formats.discount(value)


@register.filter
def masked_phone(value: str | None) -> str:
    return formats.masked_phone(value) if value else ""


@register.filter(name="pinyin")
def pinyin_of(value: str | None) -> str:
    return pinyin.name_pinyin(value) if value else ""


@register.filter
def initial(value: str | None) -> str:
    return formats.initial(value or "")


@register.filter
def undo_parts(message: Any) -> tuple[str, str] | None:
    """(address, seconds) of a message that can be undone: ``extra_tags=f"undo:{url}:{seconds}"``."""
    tags = message.extra_tags or ""
    if not tags.startswith("undo:"):
        return None
    address, _colon, seconds = tags.removeprefix("undo:").rpartition(":")
    return address, seconds


@register.filter
def yes_no(value: object) -> str:
    return _("Yes") if value else _("No")
