"""The first sight of the customer page, drawn in Python: the header and the timeline.

This page is opened at every contact, and a timeline made of templates is mostly templates; the frame around
it is a template as everywhere. What comes from outside is escaped by ``safe`` or by the component.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guibin.console.profile.reading import PageRead
from guibin.console.profile.suggesting import list_suggestions
from guibin.console.profile.summary import Summary
from guibin.console.profile.timeline import CHANNELS, Timeline
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases
from guibin.web import drawn, formats
from guibin.web.drawn import safe
from guibin.web.links import link_url
from guibin.web.pinyin import name_pinyin

PERSON_NAME_MAX = 4
CONTACT_ICONS = {"phone": "device-mobile", "email": "mail"}


def draw_header(summary: Summary, *, actor: Actor) -> SafeString:
    """The wide strip: who, figures, standing and why."""
    if summary.stats:
        lines = [drawn.stat(s.label, s.value, note=s.note, url=s.url) for s in summary.stats]
        figures = f'<dl class="gb-stats">{"".join(lines)}</dl>'
    else:
        words = _("No purchases counted yet. Figures appear after the next refresh.")
        figures = f'<p class="muted">{safe(words)}</p>'
    standing = _standing(summary.standing) if summary.standing else ""
    return SafeString(
        f'<div class="gb-wide"><div class="pro-top">\n{_headline(summary, actor)}\n{figures}\n{standing}\n'
        "</div></div>"
    )


def _headline(summary: Summary, actor: Actor) -> str:
    customer = summary.customer
    number, name = safe(customer.number), customer.shown_name
    everybody = link_url("customers.list", actor=actor) or "/"
    edit = link_url("customers.edit", actor=actor, number=customer.number)
    actions = ""
    if edit:
        actions = f'<a class="btn" href="{safe(edit)}">{drawn.icon("edit")}{safe(_("Edit"))}</a>'
    merge = link_url("customers.merge", actor=actor, number=customer.number)
    if merge:
        words = safe(_("Merge with another…"))
        actions += f'<a class="btn btn-icon" href="{safe(merge)}" title="{words}" aria-label="{words}">'
        actions += f"{drawn.icon('arrow-merge')}</a>"
    note = f"{drawn.icon('note')}{safe(_('Write a note'))}"
    badge = ""
    if summary.standing and summary.standing.level:
        badge = f" {drawn.tier(summary.standing.badge, summary.standing.level, 'lg')}"
    if customer.status == "archived":
        badge += f" {drawn.tag(_('Archived'))}"
    # A company's name is no name of a person to be pronounced.
    pinyin = name_pinyin(customer.name) if 0 < len(customer.name) <= PERSON_NAME_MAX else ""
    return (
        '<div class="gb-headline">\n'
        f'  <nav class="gb-crumb" aria-label="{safe(_("You are here"))}"><a href="{safe(everybody)}">'
        f"{safe(_('Customers'))}</a>{drawn.icon('chevron-right')}<span>{number}</span></nav>\n"
        f'  <div class="gb-head">\n    {drawn.avatar(name, "lg")}\n'
        f'    <div class="gb-head-text"><h1><span class="gb-title">{safe(name)}</span> '
        f'<span class="pro-pinyin muted">{safe(pinyin)}</span>{badge}</h1>\n'
        f'    <ul class="pro-meta">{"".join(_meta(summary, actor))}</ul></div>\n'
        f'    <div class="gb-head-actions">{actions}'
        f'<a class="btn btn-primary" href="?tab=details#notes">{note}</a></div>\n  </div>\n</div>'
    )


def _meta(summary: Summary, actor: Actor) -> Iterator[str]:
    """Store, phone, since when, tags."""
    customer = summary.customer
    if summary.store:
        yield f"<li>{drawn.icon('building-store')}{safe(summary.store)}</li>"
    if customer.phone:
        reveal = link_url("customers.reveal", actor=actor, number=customer.number)
        show = ""
        if reveal and actor.may(customers.REVEAL_CUSTOMER):
            show = f' <a href="?tab=details">{safe(_("Show"))}</a>'
        yield (f'<li>{drawn.icon("device-mobile")}<span class="num">{safe(customer.phone)}</span>{show}</li>')
    if customer.joined_on:
        joined = _("joined %(day)s") % {"day": formats.day(customer.joined_on)}
        yield f"<li>{drawn.icon('calendar')}{safe(joined)}</li>"
    for tag in customer.tags:
        yield f"<li>{drawn.tag(tag)}</li>"


def _standing(standing: loyalty.StandWords) -> str:
    if standing.next_level:
        reached = SafeString(formats.percent(standing.reached, 1))
        body = SafeString(f"{safe(standing.ahead)} {drawn.tier(standing.next_badge, standing.next_level)}")
        ahead = str(drawn.next_level(standing.reached, standing.marks, body=body, part={"note": reached}))
    else:
        ahead = f'<p class="muted">{safe(_("This is the highest level."))}</p>'
    policy = _("Policy “%(policy)s”, as of %(day)s.") % {
        "policy": standing.policy,
        "day": formats.day(standing.as_of),
    }
    why = SafeString(
        f'{safe(standing.why)} <span class="muted">{safe(policy)}</span> '
        f'<a href="?tab=insight">{safe(_("All figures"))}</a>'
    )
    return (
        f'<div class="gb-cols pro-standing" data-split="half">\n{ahead}\n'
        f"{drawn.receipt(_('Why'), body=why)}\n</div>"
    )


def draw_suggestions(summary: Summary) -> SafeString:
    """What to do next, each with its reason; empty where no fact calls for anything."""
    cards = [
        f'<article class="gb-nba"><h3>{safe(each.title)}</h3>'
        f'<div class="gb-nba-why">{safe(_("Because: %(fact)s") % {"fact": each.because})}</div>'
        f'<footer><a href="{safe(each.url)}">{safe(each.evidence)}</a></footer></article>'
        for each in list_suggestions(summary, today=timezone.localdate())
    ]
    if not cards:
        return SafeString("")
    label = safe(_("What to do next"))
    return SafeString(f'<section class="pro-next" aria-label="{label}">{"".join(cards)}</section>')


def draw_tabs(summary: Summary, *, actor: Actor, tab: str) -> SafeString:
    """The tabs of the page, ``tab`` selected."""
    url = link_url("customers.profile", number=summary.customer.number)
    count = summary.facts["orders_count"] if summary.facts else None
    tabs: list[tuple[object, str, bool, object]] = [(_("Timeline"), url, tab == "timeline", None)]
    if actor.may(purchases.VIEW_ORDERS):
        tabs.append((_("Purchases"), f"{url}?tab=purchases", tab == "purchases", count))
    tabs.append((_("Insight"), f"{url}?tab=insight", tab == "insight", None))
    tabs.append((_("Profile"), f"{url}?tab=details", tab == "details", None))
    return drawn.tabs(tabs, label=summary.customer.shown_name)


def draw_timeline(page: PageRead, *, actor: Actor) -> SafeString:
    """What happened lately, and beside it what one wants to know before calling."""
    number = page.summary.customer.number
    if page.timeline.days:
        story = f'<ol class="gb-timeline">{draw_stretch(page.timeline, number=number)}</ol>'
    else:
        story = _nothing_yet()
    happened = drawn.panel(
        _("What happened lately"),
        body=SafeString(story),
        part={"actions": _chips(number, page.timeline.channel)},
    )
    place = ""
    if actor.may(insight.VIEW_REPORTS):
        address = safe(f"{link_url('customers.profile', number=number)}place/")
        place = f'<div hx-get="{address}" hx-trigger="load"></div>'
    beside = f"{place}{_contacts(page.summary.customer)}{_own(page.summary.customer)}"
    return SafeString(
        f'<div class="gb-cols pro-tab" data-split="main-side">\n{happened}\n'
        f'<div class="gb-stack">{beside}</div>\n</div>'
    )


def _chips(number: str, channel: str) -> SafeString:
    url = link_url("customers.profile", number=number)
    return SafeString(
        "".join(
            drawn.chip(label, url=f"{url}?channel={code}" if code else url, pressed=code == channel)
            for code, label in CHANNELS.items()
        )
    )


def _nothing_yet() -> str:
    text = _("Purchases, changes of level, notes and edits of this customer appear here.")
    return (
        f'<div class="gb-empty"><span class="gb-empty-seal" aria-hidden="true">{drawn.icon("history")}</span>'
        f'<h3>{safe(_("Nothing here yet"))}</h3><div class="gb-empty-text">{safe(text)}</div></div>'
    )


def draw_stretch(timeline: Timeline, *, number: str) -> SafeString:
    """The days of a timeline, and the button that asks for what was before."""
    pieces: list[str] = []
    for each in timeline.days:
        pieces.append(drawn.day(each.label))
        for item in each.items:
            more: str = item.more
            if item.url:
                more = SafeString(f'<a href="{safe(item.url)}">{safe(item.more or item.title)}</a>')
            pieces.append(
                drawn.event(item.title, item.icon, item.clock, item.where, kind=item.kind, body=more)
            )
    if timeline.next_before:
        address = link_url("customers.profile_timeline", number=number)
        url = safe(f"{address}?channel={timeline.channel}&before={quote(timeline.next_before)}")
        pieces.append(
            f'<li class="pro-more"><a class="btn btn-quiet" href="{url}" hx-get="{url}" '
            f'hx-target="closest li" hx-swap="outerHTML">{safe(_("Show earlier"))}</a></li>'
        )
    return SafeString("".join(pieces))


def _contacts(customer: customers.Sheet) -> str:
    if not customer.contacts:
        return ""
    labels = {"phone": _("Phone"), "email": _("E-mail")}
    lines = []
    for contact in customer.contacts:
        icon = drawn.icon(
            CONTACT_ICONS.get(contact.kind, "brand-wechat"), labels.get(contact.kind) or _("WeChat")
        )
        preferred = f'<span class="muted small">{safe(_("preferred"))}</span>' if contact.is_preferred else ""
        lines.append(f'<li>{icon}<span class="num">{safe(contact.value)}</span>{preferred}</li>')
    body = SafeString(f'<ul class="pro-contacts">{"".join(lines)}</ul>')
    return drawn.panel(_("How to reach them"), body=body, part={"actions": _to_details(_("All"))})


def _to_details(label: str) -> SafeString:
    return SafeString(f'<a href="?tab=details">{safe(label)}</a>')


def _own(customer: customers.Sheet) -> str:
    """The shop's own fields and what was told of interests, where known and not hidden."""
    facts: Sequence[tuple[str, str]] = [
        (customers.attribute_label(fact.definition), _own_value(fact))
        for fact in customer.attributes
        if fact.value
    ]
    if customer.interests:
        facts = [*facts, (_("Interests"), customer.interests)]
    if not facts:
        return ""
    return drawn.panel(_("Good to know"), body=drawn.facts(facts), part={"actions": _to_details(_("Edit"))})


def _own_value(fact: customers.AttributeFact) -> str:
    value = fact.value or ""
    if fact.definition.kind == "choice":
        return customers.choice_label(fact.definition, value)
    if fact.definition.kind == "yes_no":
        return _("yes") if value in ("yes", "true", "1") else _("no")
    return f"{value} {fact.definition.unit}".strip()
