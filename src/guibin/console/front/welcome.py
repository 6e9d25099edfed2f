"""The guided first run: owner, shop, file, mapping, VIPs. Each step can be left and taken up again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.accounts import api as accounts
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.web.links import link_url

LANGUAGE_CHOICES = [("zh-hans", "简体中文"), ("en", "English")]
STALE_DAYS = timedelta(days=30)


class OwnerForm(forms.Form):
    """The first account."""

    display_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    sign_in_name = forms.CharField(
        label=gettext_lazy("Sign-in name"),
        max_length=60,
        help_text=gettext_lazy("What you type to sign in, for example the pinyin of your name."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters. A short sentence is easy to keep."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ShopForm(forms.Form):
    """What all figures are counted in."""

    name = forms.CharField(
        label=gettext_lazy("Name of the shop"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    base_currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        help_text=gettext_lazy("All amounts are compared in it. The ready-made VIP lines are in yuan."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        for name, choices in (
            ("base_currency", accounts.currency_choices()),
            ("time_zone", accounts.zone_choices()),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the first run is. ``step`` counts from 1; ``propose_day`` is the data's last day if old;
    ``counting`` while the figures of the day are still being made."""

    step: int
    propose_day: date | None
    vips: int
    has_data: bool
    counting: bool = False


def read_progress(*, at: datetime) -> Progress:
    """Where the first run stands, read from what is there."""
    organisation = accounts.organisation()
    if not accounts.has_staff():
        return Progress(step=1, propose_day=None, vips=0, has_data=False)
    if not organisation.name:
        return Progress(step=2, propose_day=None, vips=0, has_data=False)
    last_day = insight.data_last_day()
    if last_day is None:
        return Progress(step=3, propose_day=None, vips=0, has_data=False)
    old = organisation.as_of_on is None and at.date() - last_day > STALE_DAYS
    latest = loyalty.find_latest_evaluation()
    published = insight.find_published_day()
    return Progress(
        step=5,
        propose_day=last_day if old else None,
        vips=latest.vips if latest else 0,
        has_data=True,
        counting=published is None or organisation.as_of_on not in (None, published),
    )


def list_steps(progress: Progress) -> list[tuple[str, str, str]]:
    """The steps as the component takes them: (title, note, state)."""
    titles = [
        (_("Owner"), _("the first account")),
        (_("Your shop"), _("name, currency, zone")),
        (_("Your file"), _("load your data")),
        (_("Check it"), _("columns and rows")),
        (_("VIPs"), _("see them")),
    ]
    return [
        (title, note, "done" if number < progress.step else "now" if number == progress.step else "")
        for number, (title, note) in enumerate(titles, start=1)
    ]


def list_choices() -> list[tuple[str, str]]:
    """What can be done at the file step: (label, address), only pages that are there."""
    pages = [(_("Load a file"), link_url("integrations.start"))]
    return [(label, url) for label, url in pages if url]
