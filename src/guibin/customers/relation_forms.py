"""Forms of relations, staff, contact wishes and requirements. What they accept, operations check again."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guibin.accounts import api as accounts
from guibin.customers import relation_words, words
from guibin.customers.queries.requirements import list_requirement_types, requirement_label
from guibin.customers.rules.reaching import Preference
from guibin.customers.rules.relations import REMARK_LENGTH_MAX, TITLE_LENGTH_MAX, NewRelation
from guibin.customers.rules.requirements import TEXT_LENGTH_MAX
from guibin.customers.rules.values import NewContact, Profile

HOURS = [("", "–"), *((str(hour), f"{hour}:00") for hour in range(25))]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _hour(label: Any, hours: Iterable[tuple[str, str]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, coerce=int, empty_value=None, choices=list(hours)
    )


class RelationDetailsForm(forms.Form):
    """What can be changed of a relation: its period, and the place in a company."""

    since = _day(pgettext_lazy("relation", "Since"))
    until = _day(pgettext_lazy("relation", "Until"))
    contact_role = forms.ChoiceField(
        label=_("What they do there"),
        required=False,
        choices=[("", "–"), *relation_words.CONTACT_ROLES.items()],
    )
    title = forms.CharField(label=_("Job title"), required=False, max_length=TITLE_LENGTH_MAX)
    decides = forms.BooleanField(label=_("Decides what is bought"), required=False)
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=REMARK_LENGTH_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RelationForm(RelationDetailsForm):
    """A new relation: to somebody who is here already (``number``), or to somebody entered on the spot."""

    role = forms.ChoiceField(label=_("What they are to this customer"))
    number = forms.CharField(label=_("Customer"), required=False, max_length=64)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), required=False, max_length=60)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)

    def __init__(self, roles: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, relation_words.ROLES[role]) for role in roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Either somebody known, or somebody new."""
        data = super().clean() or {}
        known, fresh = data.get("number", "").strip(), data.get("name", "").strip()
        if bool(known) == bool(fresh):
            self.add_error("number", _("Choose a customer, or enter somebody new."))
        return data

    def relation(self) -> NewRelation:
        names = ("role", "since", "until", "contact_role", "decides", "title", "remark")
        return NewRelation(**{name: self.cleaned_data[name] for name in names})

    def newcomer(self) -> Profile | None:
        """Who is to be entered, or None. An employer is a company."""
        name = self.cleaned_data["name"].strip()
        kind = "company" if self.cleaned_data["role"] == "employer" else "person"
        return Profile(name=name, kind=kind) if name else None

    def contacts(self) -> list[NewContact]:
        phone = self.cleaned_data["phone"].strip()
        return [NewContact("phone", phone, is_preferred=True)] if phone else []


class PreferenceForm(forms.Form):
    """How somebody likes to be contacted."""

    channel = forms.ChoiceField(
        label=pgettext_lazy("contact", "By"),
        required=False,
        choices=[("", _("No wish")), *relation_words.CHANNELS.items()],
    )
    days = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("contact", "On"),
        required=False,
        coerce=int,
        choices=list(enumerate(relation_words.DAYS)),
        widget=forms.CheckboxSelectMultiple,
    )
    hour_from = _hour(pgettext_lazy("contact", "Between"), HOURS[:-1])
    hour_until = _hour(pgettext_lazy("hours", "and"), HOURS[:1] + HOURS[2:])
    quiet_from = _hour(_("Do not disturb from"), HOURS[:-1])
    quiet_until = _hour(pgettext_lazy("hours", "until"), HOURS[:1] + HOURS[2:])
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", "–"), *relation_words.LANGUAGES.items()]
    )

    def preference(self) -> Preference:
        data = dict(self.cleaned_data)
        days = sorted(data.pop("days"))
        return Preference(days=() if len(days) == 7 else tuple(days), **data)

    @staticmethod
    def initial_of(wish: Preference | None) -> dict[str, Any]:
        if wish is None:
            return {}
        names = ("channel", "hour_from", "hour_until", "quiet_from", "quiet_until", "language")
        return {name: getattr(wish, name) for name in names} | {"days": list(wish.days)}


def staff_choices() -> list[tuple[str, str]]:
    """Everybody who works here, by name."""
    people = accounts.list_staff(is_active=True, size=500).rows
    return [(str(one.id), one.display_name) for one in people]


class StaffForm(forms.Form):
    """Who is to look after a customer."""

    staff_id = forms.TypedChoiceField(label=_("Member of staff"), coerce=int, choices=staff_choices)
    role = forms.ChoiceField(
        label=_("In which role"), choices=list(relation_words.STAFF_ROLES.items()), initial="manager"
    )
    is_main = forms.BooleanField(label=_("Mainly responsible"), required=False)
    since = _day(pgettext_lazy("relation", "Since"))


class RequirementForm(forms.Form):
    """Something a customer asks for."""

    kind = forms.ChoiceField(label=_("About"))
    text = forms.CharField(
        label=_("What they ask for"),
        max_length=TEXT_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    valid_until = _day(_("Valid until"))

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed:
            del self.fields["kind"]
        else:
            kinds = [(kind.code, requirement_label(kind)) for kind in list_requirement_types()]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class RequirementTypeForm(forms.Form):
    """A kind of requirement."""

    label_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    code = forms.RegexField(
        label=_("Code"),
        regex=r"^[a-z][a-z0-9_]{0,39}$",
        help_text=_("Small letters, digits and _; used in files and the API."),
    )
    privacy = forms.ChoiceField(label=_("Who sees it"), choices=list(words.PRIVACY.items()))
    position = forms.IntegerField(label=_("Place in the form"), min_value=0, max_value=999, initial=0)
