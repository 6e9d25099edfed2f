"""Relations, contact wishes and requirements in words."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from guibin.core.errors import Text
from guibin.customers.rules.reaching import WEEKDAYS, WEEKEND, Preference
from guibin.customers.rules.relations import RelationView
from guibin.web import formats

KINDS: dict[str, Text] = {
    "person": pgettext_lazy("customer", "Person"),
    "company": pgettext_lazy("customer", "Company"),
}
ROLES: dict[str, Text] = {
    "spouse": gettext_lazy("Spouse"),
    "parent": gettext_lazy("Parent"),
    "child": gettext_lazy("Child"),
    "sibling": gettext_lazy("Brother or sister"),
    "relative": gettext_lazy("Other family"),
    "guardian": gettext_lazy("Guardian"),
    "ward": gettext_lazy("Ward"),
    "referrer": gettext_lazy("Referred them"),
    "referred": gettext_lazy("Referred by them"),
    "employee": gettext_lazy("Works there"),
    "employer": gettext_lazy("Works for"),
}
PERSON_ROLES = (
    "spouse",
    "parent",
    "child",
    "sibling",
    "relative",
    "guardian",
    "ward",
    "employer",
    "referrer",
    "referred",
)
COMPANY_ROLES = ("employee", "referrer", "referred")
ROLE_ICONS = {
    "spouse": "heart",
    "parent": "users",
    "child": "users",
    "sibling": "users",
    "relative": "users",
    "guardian": "shield",
    "ward": "shield",
    "referrer": "share",
    "referred": "share",
    "employee": "briefcase",
    "employer": "building",
}
CONTACT_ROLES: dict[str, Text] = {
    "executive": pgettext_lazy("in a company", "Executive"),
    "buyer": pgettext_lazy("in a company", "Purchasing"),
    "finance": pgettext_lazy("in a company", "Finance"),
    "assistant": pgettext_lazy("in a company", "Assistant"),
    "user": pgettext_lazy("in a company", "Uses what is bought"),
    "other": pgettext_lazy("in a company", "Other"),
}
CHANNELS: dict[str, Text] = {
    "phone": gettext_lazy("Phone call"),
    "sms": gettext_lazy("SMS"),
    "wechat": gettext_lazy("WeChat"),
    "email": gettext_lazy("E-mail"),
    "visit": pgettext_lazy("contact", "Visit"),
}
CHANNEL_ICONS = {
    "phone": "phone",
    "sms": "message",
    "wechat": "brand-wechat",
    "email": "mail",
    "visit": "walk",
    "": "message-2",
}
LANGUAGES: dict[str, Text] = {
    "zh": gettext_lazy("Mandarin"),
    "yue": gettext_lazy("Cantonese"),
    "en": gettext_lazy("English"),
    "ja": gettext_lazy("Japanese"),
    "ko": gettext_lazy("Korean"),
    "fr": gettext_lazy("French"),
    "de": gettext_lazy("German"),
    "es": gettext_lazy("Spanish"),
    "ru": gettext_lazy("Russian"),
}
DAYS: tuple[Text, ...] = (
    pgettext_lazy("day of the week", "Mon"),
    pgettext_lazy("day of the week", "Tue"),
    pgettext_lazy("day of the week", "Wed"),
    pgettext_lazy("day of the week", "Thu"),
    pgettext_lazy("day of the week", "Fri"),
    pgettext_lazy("day of the week", "Sat"),
    pgettext_lazy("day of the week", "Sun"),
)
STAFF_ROLES: dict[str, Text] = {
    "manager": gettext_lazy("Relationship manager"),
    "deputy": gettext_lazy("Deputy"),
    "service": gettext_lazy("Service contact"),
    "sales": gettext_lazy("Sales adviser"),
    "other": pgettext_lazy("staff", "Other"),
}
PRIVACY_NOTE: Text = gettext_lazy("Sensitive: hidden until somebody gives a reason")


def preference_sentence(wish: Preference | None) -> str:
    """``WeChat, weekdays 10–18, in English; not 12–14``; empty when nothing was told."""
    if wish is None or wish.is_empty:
        return ""
    when = " ".join(filter(None, (days_words(wish.days), hours_words(wish.hour_from, wish.hour_until))))
    parts = [str(CHANNELS.get(wish.channel, "")), when]
    if wish.language:
        parts.append(_("in %(language)s") % {"language": LANGUAGES[wish.language]})
    said = pgettext("contact", ", ").join(filter(None, parts))
    if wish.quiet_from is None:
        return said
    quiet = _("do not disturb %(hours)s") % {"hours": hours_words(wish.quiet_from, wish.quiet_until)}
    return _("%(liked)s; %(not_liked)s") % {"liked": said, "not_liked": quiet} if said else quiet


def days_words(days: tuple[int, ...]) -> str:
    """Weekdays, weekends, or the days one by one; empty for any day."""
    if not days:
        return ""
    if days == WEEKDAYS:
        return _("weekdays")
    if days == WEEKEND:
        return _("weekends")
    return pgettext("contact", "/").join(str(DAYS[day]) for day in days)


def hours_words(begin: int | None, end: int | None) -> str:
    return "" if begin is None or end is None else f"{begin}:00–{end}:00"


def period_words(since: date | None, until: date | None) -> str:
    """``since …``, ``until …`` or both; empty when neither is known."""
    if since is not None and until is not None:
        return _("%(since)s to %(until)s") % {"since": formats.day(since), "until": formats.day(until)}
    if since is not None:
        return _("since %(day)s") % {"day": formats.day(since)}
    return _("until %(day)s") % {"day": formats.day(until)} if until is not None else ""


def role_words(view: RelationView) -> str:
    """What the other one is; of somebody in a company what they do there."""
    place = view.title or str(CONTACT_ROLES.get(view.contact_role, ""))
    if view.role == "employee" and place:
        return place
    return " · ".join(filter(None, (str(ROLES[view.role]), place)))
