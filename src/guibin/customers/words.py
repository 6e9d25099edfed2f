"""Codes of this slice in words, for forms, pages and exports."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guibin.core.errors import Text

GENDERS: dict[str, Text] = {
    "female": _("Female"),
    "male": _("Male"),
    "other": pgettext_lazy("gender", "Other"),
}
STATUSES: dict[str, Text] = {
    "active": pgettext_lazy("customer", "Active"),
    "archived": pgettext_lazy("customer", "Archived"),
    "erased": pgettext_lazy("customer", "Erased"),
}
KINDS: dict[str, Text] = {"phone": _("Phone"), "email": _("E-mail"), "wechat": _("WeChat")}
KIND_ICONS = {"phone": "device-mobile", "email": "mail", "wechat": "brand-wechat"}
ATTRIBUTE_KINDS: dict[str, Text] = {
    "text": _("Text"),
    "number": pgettext_lazy("field kind", "Number"),
    "date": _("Date"),
    "choice": _("Choice"),
    "yes_no": _("Yes or no"),
}
PRIVACY: dict[str, Text] = {
    "personal": _("Personal: staff who see customers see it"),
    "sensitive": _("Sensitive: hidden until somebody gives a reason"),
}
COLOURS: dict[str, Text] = {
    "grey": _("Grey"),
    "green": _("Green"),
    "blue": _("Blue"),
    "amber": _("Amber"),
    "red": _("Red"),
    "violet": _("Violet"),
}
# The tag component's kinds by colour.
COLOUR_KINDS = {
    "grey": "",
    "green": "good",
    "blue": "info",
    "amber": "warn",
    "red": "bad",
    "violet": "accent",
}
REASONS: dict[str, Text] = {
    "contact": _("To contact the customer"),
    "verify": _("To make sure who it is"),
    "correct": _("To correct the data"),
    "complaint": _("To handle a complaint"),
    "other": _("Another reason"),
}
FIELDS: dict[str, Text] = {
    "name": pgettext_lazy("person", "Name"),
    "latin_name": _("Name in Latin letters"),
    "gender": _("Gender"),
    "birthday": _("Birthday"),
    "province": _("Province"),
    "city": _("City"),
    "address": _("Address"),
    "occupation": _("Occupation"),
    "interests": _("Interests"),
    "id_number": _("ID number"),
    "joined_on": _("Joined on"),
    "joined_store_id": _("Joined at"),
    "kind": _("Person or company"),
    "requirement": _("Special requirement"),
    **KINDS,
}
SOURCES: dict[str, Text] = {
    "demo": _("Demo shop"),
    "form": _("entered by staff"),
    "rest": _("through the API"),
    "card": _("Member card"),
    "mini_program": _("Mini program"),
}

MERGING: dict[str, Text] = {"merge": _("by a merge"), "unmerge": _("by taking a merge apart")}


def source_word(source: str) -> str:
    """A source code in words; other systems keep their own name."""
    kind, _colon, number = source.partition(":")
    if number and kind in MERGING:
        return str(MERGING[kind])
    return str(SOURCES.get(source, source))


def field_word(field: str) -> str:
    """A field code in words; an own field keeps its code."""
    kind, _colon, code = field.partition(":")
    return str(FIELDS.get(field if kind != "requirement" else kind, code or field))
