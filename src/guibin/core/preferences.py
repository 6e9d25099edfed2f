"""Organisation settings: every number of the requirements, with its default, typed and explained.

Declared in manifests as ``Setting`` values; changed values are rows of ``core.PreferenceValue``.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from guibin.core.composed import ReadPart
from guibin.core.errors import Invalid, NotFound, Text
from guibin.core.permissions import Actor

V = TypeVar("V")


class SettingUnknown(NotFound):
    code = "core.setting_unknown"
    message = _("There is no setting called %(key)s.")


class SettingInvalid(Invalid):
    code = "core.setting_invalid"
    message = _("%(value)s does not fit “%(label)s”. %(bounds)s")


@dataclass(frozen=True, slots=True)
class Setting(Generic[V]):
    """A number or choice of the organisation. ``key`` is ``area.name``; ``unit`` stands beside the field."""

    key: str
    default: V
    label: Text
    help: Text
    unit: Text = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    check: Callable[[V], bool] | None = None

    def parse(self, value: object) -> V:
        """``value`` as this setting's type. Raises ``SettingInvalid``."""
        try:
            parsed: V = _coerce(value, self.default)
        except (TypeError, ValueError) as error:
            raise self._refused(value) from error
        if not self._allows(parsed):
            raise self._refused(value)
        return parsed

    def _refused(self, value: object) -> SettingInvalid:
        bounds: Text = ""
        if self.minimum is not None and self.maximum is not None:
            bounds = _("It lies between %(low)s and %(high)s.")
        elif self.minimum is not None:
            bounds = _("It is at least %(low)s.")
        elif self.maximum is not None:
            bounds = _("It is at most %(high)s.")
        limits = {
            name: f"{limit:,.12g}"
            for name, limit in (("low", self.minimum), ("high", self.maximum))
            if limit is not None
        }
        return SettingInvalid(key=self.key, value=value, label=self.label, bounds=str(bounds) % limits)

    def _allows(self, value: V) -> bool:
        numbers = value if isinstance(value, list) else [value]
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int | float):
                continue
            if self.minimum is not None and number < self.minimum:
                return False
            if self.maximum is not None and number > self.maximum:
                return False
        if self.choices and value not in {code for code, _label in self.choices}:
            return False
        return self.check is None or self.check(value)


def _coerce(value: Any, like: Any) -> Any:
    """``value`` as the type of ``like``. Raises ``ValueError`` or ``TypeError``."""
    if isinstance(like, bool):
        return _boolean(value)
    if isinstance(like, list):
        items = value if isinstance(value, list) else [part for part in str(value).split(",") if part.strip()]
        kind = type(like[0]) if like else str
        return [kind(item.strip() if isinstance(item, str) else item) for item in items]
    return type(like)(value)


TRUE_WORDS, FALSE_WORDS = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off", ""})


def _boolean(value: object) -> bool:
    word = str(value).strip().lower()
    if word in TRUE_WORDS | FALSE_WORDS:
        return word in TRUE_WORDS
    raise ValueError(value)


def declared() -> dict[str, Setting[Any]]:
    """All settings of all slices by key."""
    from guibin.core.manifest import manifests

    return {setting.key: setting for manifest in manifests() for setting in manifest.settings}


def get(setting: Setting[V]) -> V:
    """The organisation's value, or the default."""
    from guibin.core.models import PreferenceValue

    row = PreferenceValue.objects.filter(key=setting.key).first()
    return setting.default if row is None else setting.parse(row.value)


def get_many(*settings: Setting[Any]) -> dict[str, Any]:
    """Values by key, in one query."""
    from guibin.core.models import PreferenceValue

    stored = dict(
        PreferenceValue.objects.filter(key__in=[s.key for s in settings]).values_list("key", "value")
    )
    return {s.key: s.parse(stored[s.key]) if s.key in stored else s.default for s in settings}


def set_value(*, key: str, value: object, actor: Actor, at: datetime) -> object:
    """Store a changed setting and record it. Raises ``SettingUnknown`` or ``SettingInvalid``."""
    from django.db import transaction

    from guibin.core.core_events import SettingChanged
    from guibin.core.events import record, subject
    from guibin.core.models import PreferenceValue

    setting = declared().get(key)
    if setting is None:
        raise SettingUnknown(key=key)
    parsed = setting.parse(value)
    with transaction.atomic():
        PreferenceValue.objects.update_or_create(key=key, defaults={"value": parsed, "changed_at": at})
        record(SettingChanged(key=key), subjects=[subject("setting", key)], actor=actor, at=at)
    return parsed


def reset(*, key: str, actor: Actor, at: datetime) -> None:
    """Go back to the default. Raises ``SettingUnknown``."""
    from django.db import transaction

    from guibin.core.core_events import SettingChanged
    from guibin.core.events import record, subject
    from guibin.core.models import PreferenceValue

    if key not in declared():
        raise SettingUnknown(key=key)
    with transaction.atomic():
        PreferenceValue.objects.filter(key=key).delete()
        record(SettingChanged(key=key), subjects=[subject("setting", key)], actor=actor, at=at)


def stored_part(settings: Sequence[Setting[Any]]) -> ReadPart:
    """What the organisation changed of ``settings``, as one JSON object."""
    keys = ", ".join(f"'{setting.key}'" for setting in settings)
    return ReadPart(
        name="stored",
        sql=f"SELECT json_object_agg(v.key, v.value) AS changed FROM core_preferencevalue v WHERE v.key IN ({keys})",  # noqa: E501, S608 - declared keys
        columns=("changed",),
    )


def read_stored(changed: bytes | None, settings: Sequence[Setting[Any]]) -> dict[str, Any]:
    """Values by key, as ``get_many`` gives them."""
    stored = {} if changed is None else json.loads(changed)
    return {s.key: s.parse(stored[s.key]) if s.key in stored else s.default for s in settings}
