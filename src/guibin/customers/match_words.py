"""Why two customers are, or may be, one person: codes of evidence and of merges in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guibin.core.errors import Text

EVIDENCE: dict[str, Text] = {
    "id_number": _("same ID number"),
    "external_id": _("same id in a shared system"),
    "card": _("same card"),
    "phone": _("same phone"),
    "email": _("same e-mail"),
    "wechat": _("same WeChat id"),
    "name": _("same name"),
    "name_sound": _("name sounds the same"),
    "birthday": _("same birthday"),
    "birthday_day": _("same day of birth"),
    "last_digits": _("same last four digits"),
    "address": _("same address"),
    "city": _("same city"),
    "id_number_differs": _("different ID numbers"),
    "kind_differs": _("a person and a company"),
    "birthday_differs": _("different birthdays"),
    "name_differs": _("different names"),
    "gender_differs": _("different genders"),
    "birthday_near": _("birthdays nearly the same"),
    "system_differs": _("two numbers in one system"),
    "given_out_again": _("the number may have been given to somebody else"),
}
REASONS: dict[str, Text] = {
    "exact": pgettext_lazy("merge", "joined by a matching key"),
    "review": pgettext_lazy("merge", "decided in the review queue"),
    "staff": pgettext_lazy("merge", "merged by hand"),
    "import": pgettext_lazy("merge", "joined while importing"),
}
WARNINGS: dict[str, Text] = {
    "birthday": _("The two have different birthdays."),
    "gender": _("The two have different genders."),
    "name": _("The two have different names."),
    "archived": _("One of the two is archived. The person will have the state of the one that is kept."),
}

KEYS: dict[str, Text] = {
    "id_number": _("ID number"),
    "card": _("Member card"),
    "external_id": _("Id of another system"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "wechat": _("WeChat"),
}
POLICIES: dict[str, Text] = {
    "join": _("join at once"),
    "review": _("ask somebody"),
    "ignore": _("ignore"),
}


def evidence_word(code: str) -> str:
    """One piece of evidence in words; an unknown code as it is."""
    return str(EVIDENCE.get(code, code))
