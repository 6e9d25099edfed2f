"""The organisation's details, every number of the rules, roles, and keys for programs."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guibin.accounts import forms, queries
from guibin.accounts.operations import keys as key_operations
from guibin.accounts.operations import organisation as operations
from guibin.accounts.pages import settings_page
from guibin.accounts.permissions import MANAGE_KEYS, MANAGE_ORGANISATION, VIEW_ROLES
from guibin.core import preferences
from guibin.core.clock import now
from guibin.core.errors import DomainError, Text
from guibin.core.ids import ApiKeyId, StoreId
from guibin.core.manifest import Manifest, manifests
from guibin.core.preferences import Setting
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error

GROUP_WORDS: dict[str, Text] = {
    "core": gettext_lazy("Guibin itself"),
    "web": gettext_lazy("Pages and programs"),
    "accounts": gettext_lazy("Staff and sign-in"),
    "customers": gettext_lazy("Customers"),
    "purchases": gettext_lazy("Purchases"),
    "loyalty": gettext_lazy("VIP rules"),
    "insight": gettext_lazy("Insight"),
    "integrations": gettext_lazy("Import"),
    "console": gettext_lazy("Home, search and customer page"),
}


@requires(MANAGE_ORGANISATION)
def organisation(request: HttpRequest) -> HttpResponse:
    """Name, currency, zone, and the day everything is counted at."""
    actor, at = actor_of(request), now()
    known = queries.get_organisation()
    names = ("name", "base_currency", "time_zone", "as_of_on")
    initial = {name: getattr(known, name) for name in names}
    form = forms.OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        day = changes.pop("as_of_on")
        try:
            operations.update_organisation(**changes, actor=actor, at=at)
            operations.set_as_of_day(day=day, actor=actor, at=at)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:organisation")
    context = settings_page("accounts.organisation", form=form)
    return render(request, "accounts/organisation.html", context)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as the page draws it."""

    setting: Setting[Any]
    value: str
    default: str
    changed: bool
    error: str = ""

    @property
    def input_name(self) -> str:
        return self.setting.key

    @property
    def is_choice(self) -> bool:
        return bool(self.setting.choices)

    @property
    def is_boolean(self) -> bool:
        return isinstance(self.setting.default, bool)


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """The settings of one slice."""

    slice: str
    title: Text
    rows: list[SettingRow]


@requires(MANAGE_ORGANISATION)
def numbers(request: HttpRequest) -> HttpResponse:
    """Every number the rules work with, by slice. A group is saved as a whole or not at all."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _save_numbers(request)
        if not errors:
            messages.success(request, _("Saved."))
            return redirect("accounts:numbers")
    typed = request.POST if errors else {}
    groups = [_group(manifest, typed, errors) for manifest in manifests() if manifest.settings]
    context = settings_page("accounts.numbers", groups=groups, has_errors=bool(errors))
    return render(request, "accounts/numbers.html", context, status=422 if errors else 200)


@requires(MANAGE_ORGANISATION)
@require_POST
def reset_number(request: HttpRequest) -> HttpResponse:
    preferences.reset(key=request.POST.get("key", ""), actor=actor_of(request), at=now())
    messages.success(request, _("Back to the default."))
    return redirect("accounts:numbers")


def _save_numbers(request: HttpRequest) -> dict[str, str]:
    """Write the changed settings of the posted group; returns errors by key."""
    declared = preferences.declared()
    wanted, errors = {}, {}
    for key, setting in declared.items():
        if key not in request.POST:
            continue
        try:
            wanted[key] = setting.parse(request.POST[key])
        except DomainError as error:
            errors[key] = error.sentence
    if not errors:
        current = preferences.get_many(*(declared[key] for key in wanted))
        actor, at = actor_of(request), now()
        for key, value in wanted.items():
            if value != current[key]:
                preferences.set_value(key=key, value=value, actor=actor, at=at)
    return errors


def _group(manifest: Manifest, typed: Any, errors: dict[str, str]) -> SettingGroup:
    current = preferences.get_many(*manifest.settings)
    rows = [
        SettingRow(
            setting=setting,
            value=typed.get(setting.key, _as_text(current[setting.key])),
            default=_as_words(setting),
            changed=current[setting.key] != setting.default,
            error=errors.get(setting.key, ""),
        )
        for setting in manifest.settings
    ]
    title = GROUP_WORDS.get(manifest.slice, manifest.slice)
    return SettingGroup(slice=manifest.slice, title=title, rows=rows)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_words(setting: Setting[Any]) -> str:
    """The default as a person would read it."""
    if isinstance(setting.default, bool):
        return _("yes") if setting.default else _("no")
    text = _as_text(setting.default)
    return str(dict(setting.choices).get(text, text))


@requires(VIEW_ROLES)
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, in plain sentences."""
    context = settings_page("accounts.roles", roles=queries.list_roles())
    return render(request, "accounts/roles.html", context)


@requires(MANAGE_KEYS)
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """All keys; a new one is shown in full this once."""
    actor, at = actor_of(request), now()
    form = forms.ApiKeyForm(request.POST or None, actor=actor)
    created = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            created = key_operations.create_key(
                name=data["name"],
                scopes=data["scopes"],
                store_ids=[StoreId(i) for i in data["store_ids"]] or None,
                expires_at=_end_of(data["expires_on"]),
                actor=actor,
                at=at,
            )
            form = forms.ApiKeyForm(actor=actor)
        except DomainError as error:
            add_domain_error(form, error)
    context = settings_page("accounts.keys", form=form, created=created, keys=queries.list_keys())
    return render(request, "accounts/keys.html", context)


def _end_of(day: Any) -> datetime | None:
    """The end of a business day of the organisation."""
    if day is None:
        return None
    zone = ZoneInfo(queries.get_organisation().time_zone)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


@requires(MANAGE_KEYS)
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key_operations.revoke_key(key_id=ApiKeyId(key_id), actor=actor_of(request), at=now())
    messages.success(request, _("Withdrawn. Programs with this key are refused from now on."))
    return redirect("accounts:keys")
