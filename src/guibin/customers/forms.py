"""Forms of this slice. What they accept, operations check again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guibin.accounts import api as accounts
from guibin.customers import relation_words, words
from guibin.customers.queries.labels import attribute_label, choice_label
from guibin.customers.rules.birthday import is_possible
from guibin.customers.rules.importing import EXTERNAL_LENGTH_MAX
from guibin.customers.rules.profile import LIMITS
from guibin.customers.rules.values import Attribute, Birthday, NewContact, Profile

CALENDAR_CHOICES = [("solar", _("Solar calendar")), ("lunar", _("Lunar calendar"))]
SECRET_FIELDS = ("address", "id_number")


def _choices(labels: dict[str, Any], *, empty: Any = None) -> list[tuple[str, Any]]:
    return [*([("", empty)] if empty is not None else []), *labels.items()]


def store_choices() -> list[tuple[str, str]]:
    """Stores by name, with none first."""
    return [("", "–"), *((str(store.id), store.name) for store in accounts.list_stores())]


class ProfileForm(forms.Form):
    """A customer's profile. ``address`` and ``id_number`` are there only for whom may see them whole."""

    kind = forms.ChoiceField(
        label=_("Person or company"), choices=_choices(relation_words.KINDS), initial="person", required=False
    )
    name = forms.CharField(label=pgettext_lazy("person", "Name"), required=False, max_length=LIMITS["name"])
    latin_name = forms.CharField(
        label=_("Name in Latin letters"), required=False, max_length=LIMITS["latin_name"]
    )
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=_choices(words.GENDERS, empty=_("Unknown"))
    )
    birth_calendar = forms.ChoiceField(label=_("Birthday by"), choices=CALENDAR_CHOICES, initial="solar")
    birth_year = forms.IntegerField(
        label=pgettext_lazy("birthday", "Year"),
        required=False,
        min_value=1900,
        max_value=2100,
    )
    birth_month = forms.TypedChoiceField(
        label=pgettext_lazy("birthday", "Month"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((n, n) for n in range(1, 13))],
    )
    birth_day = forms.TypedChoiceField(
        label=pgettext_lazy("birthday", "Day"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((n, n) for n in range(1, 32))],
    )
    birth_leap = forms.BooleanField(label=_("Lunar leap month"), required=False)
    province = forms.CharField(label=_("Province"), required=False, max_length=LIMITS["province"])
    city = forms.CharField(label=_("City"), required=False, max_length=LIMITS["city"])
    address = forms.CharField(label=_("Address"), required=False, max_length=LIMITS["address"])
    occupation = forms.CharField(label=_("Occupation"), required=False, max_length=LIMITS["occupation"])
    interests = forms.CharField(label=_("Interests"), required=False, max_length=LIMITS["interests"])
    id_number = forms.CharField(
        label=_("ID number or credit code"),
        required=False,
        max_length=30,
        help_text=_(
            "Of a person only if you must have it; of a company its unified social credit code. It is stored "
            "encrypted and shown to nobody without a reason."
        ),
    )
    joined_on = forms.DateField(
        label=_("Joined on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    joined_store_id = forms.TypedChoiceField(
        label=_("Joined at"), required=False, coerce=int, empty_value=None, choices=store_choices
    )

    def __init__(self, *args: Any, whole: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not whole:
            for name in SECRET_FIELDS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A birthday is a month with a day, and exists in its calendar."""
        data = super().clean() or {}
        if data.get("kind") == "company":
            for name in ("gender", "birth_month", "birth_day"):
                if data.get(name):
                    self.add_error(name, _("A company has no gender and no birthday."))
        month, day = data.get("birth_month"), data.get("birth_day")
        if (month is None) != (day is None):
            self.add_error("birth_day", _("Give both the month and the day, or neither."))
        birthday = self._birthday(data)
        if birthday is not None and not is_possible(birthday):
            self.add_error("birth_day", _("This day does not exist in that calendar."))
        return data

    def _birthday(self, data: dict[str, Any]) -> Birthday | None:
        month, day = data.get("birth_month"), data.get("birth_day")
        if month is None or day is None:
            return None
        calendar = data.get("birth_calendar", "solar")
        leap = bool(data.get("birth_leap")) and calendar == "lunar"
        return Birthday(month, day, data.get("birth_year"), calendar, is_leap=leap)

    def profile(self) -> Profile:
        """The cleaned values; fields that are not on the form are empty."""
        data = self.cleaned_data
        plain = ("name", "latin_name", "gender", "province", "city", "address", "occupation", "interests")
        return Profile(
            **{name: data.get(name, "") for name in plain},
            birthday=self._birthday(data),
            id_number=data.get("id_number", ""),
            joined_on=data.get("joined_on"),
            joined_store_id=data.get("joined_store_id"),
            kind=data.get("kind") or "person",
        )

    def written(self) -> list[str]:
        """The profile fields this form writes."""
        names = [name for name in self.fields if not name.startswith("birth_")]
        return [*names, "birthday"]

    @staticmethod
    def initial_of(profile: Profile) -> dict[str, Any]:
        """What the form shows of a stored profile."""
        birthday = profile.birthday
        shown = {name: getattr(profile, name) for name in words.FIELDS if hasattr(profile, name)}
        if birthday is not None:
            shown |= {
                "birth_calendar": birthday.calendar,
                "birth_year": birthday.year,
                "birth_month": birthday.month,
                "birth_day": birthday.day,
                "birth_leap": birthday.is_leap,
            }
        return shown


class NewCustomerForm(ProfileForm):
    """A profile with the first ways to reach the person."""

    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    wechat = forms.CharField(label=_("WeChat id"), required=False, max_length=40)
    card = forms.CharField(label=_("Member card"), required=False, max_length=60)

    def contacts(self) -> list[NewContact]:
        """The ways to reach the person that were filled in; the first is preferred."""
        given = [
            (kind, self.cleaned_data[kind])
            for kind in ("phone", "email", "wechat")
            if self.cleaned_data[kind]
        ]
        return [
            NewContact(kind, value, is_preferred=position == 0)  # type: ignore[arg-type]  # one of the three above
            for position, (kind, value) in enumerate(given)
        ]

    def written(self) -> list[str]:
        return [name for name in super().written() if name not in {"phone", "email", "wechat", "card"}]


class ContactForm(forms.Form):
    """A new way to reach somebody."""

    kind = forms.ChoiceField(label=_("Kind"), choices=_choices(words.KINDS), initial="phone")
    value = forms.CharField(label=_("Number or address"), max_length=254)
    label = forms.CharField(
        label=_("Label"), required=False, max_length=20, help_text=_("Such as: office, spouse.")
    )
    hour_from = forms.IntegerField(label=_("Best from"), required=False, min_value=0, max_value=23)
    hour_until = forms.IntegerField(label=_("until"), required=False, min_value=1, max_value=24)
    is_preferred = forms.BooleanField(label=_("Preferred"), required=False)

    def contact(self) -> NewContact:
        return NewContact(**self.cleaned_data)


class ExternalForm(forms.Form):
    """A member card, or the id another system knows somebody by."""

    source = forms.RegexField(
        label=_("System"),
        regex=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$",
        required=False,
        help_text=_("Short name of the system, such as pos or taobao. Empty for a member card."),
    )
    value = forms.CharField(label=_("Card number or id"), max_length=EXTERNAL_LENGTH_MAX)


class NoteForm(forms.Form):
    """A note about a customer."""

    text = forms.CharField(
        label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )


class TagForm(forms.Form):
    """A tag's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=40)
    colour = forms.ChoiceField(label=_("Colour"), choices=_choices(words.COLOURS), initial="grey")


class AttributeForm(forms.Form):
    """An own field of the organisation. Choices come one per line: ``code = 中文 / English``."""

    label_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    code = forms.RegexField(
        label=_("Code"),
        regex=r"^[a-z][a-z0-9_]{0,39}$",
        help_text=_("Small letters, digits and _; used in files and the API."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=_choices(words.ATTRIBUTE_KINDS))
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False, help_text=_("Such as cm or kg."))
    privacy = forms.ChoiceField(label=_("Who sees it"), choices=_choices(words.PRIVACY))
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a choice: one per line, written as code = Chinese / English."),
    )
    position = forms.IntegerField(label=_("Place in the form"), min_value=0, max_value=999, initial=0)

    def parsed_choices(self) -> list[tuple[str, str, str]]:
        """(code, zh, en) of each line."""
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        parsed = []
        for line in lines:
            code, _equals, labels = line.partition("=")
            zh, _slash, en = labels.partition("/")
            parsed.append((code.strip(), zh.strip() or code.strip(), en.strip()))
        return parsed

    @staticmethod
    def written_choices(attribute: Attribute) -> str:
        return "\n".join(
            f"{code} = {zh} / {en}" if en else f"{code} = {zh}" for code, zh, en in attribute.choices
        )


class AttributesForm(forms.Form):
    """Values of own fields, one form field per definition."""

    def __init__(self, attributes: list[Attribute], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attribute in attributes:
            self.fields[attribute.code] = _attribute_field(attribute)

    def values(self) -> dict[str, str]:
        return {code: str(value) if value is not None else "" for code, value in self.cleaned_data.items()}


def _attribute_field(attribute: Attribute) -> forms.Field:
    label = attribute_label(attribute) + (f" ({attribute.unit})" if attribute.unit else "")
    if attribute.kind == "choice":
        choices = [(code, choice_label(attribute, code)) for code, _zh, _en in attribute.choices]
        return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *choices])
    if attribute.kind == "yes_no":
        choices = [("", "–"), ("yes", str(_("Yes"))), ("no", str(_("No")))]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    if attribute.kind == "date":
        return forms.DateField(
            label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )
    if attribute.kind == "number":
        return forms.DecimalField(label=label, required=False, max_digits=18)
    return forms.CharField(label=label, required=False, max_length=500)
