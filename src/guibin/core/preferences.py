"""Organisation settings: every number of the requirements, with its default, typed and explained.

Declared in manifests as ``Setting`` values; changed values are rows of ``core.PreferenceValue``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Invalid, NotFound, Text
from guibin.core.permissions import Actor

V = TypeVar("V", int, float, str, bool, list[int], list[float], list[str])


class SettingUnknown(NotFound):
    code = "core.setting_unknown"
    message = _("There is no setting called %(key)s.")


class SettingInvalid(Invalid):
    code = "core.setting_invalid"
    message = _("%(value)s is not a possible value for %(key)s.")


@dataclass(frozen=True, slots=True)
class Setting(Generic[V]):
    """A number or choice of the organisation. ``key`` is ``area.name``; ``unit`` is shown beside the field."""

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
            parsed = _coerce(value, self.default)
        except (TypeError, ValueError) as error:
            raise SettingInvalid(key=self.key, value=value) from error
        if not self._allows(parsed):
            raise SettingInvalid(key=self.key, value=value)
        return parsed

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


def _coerce(value: object, like: V) -> V:
    if isinstance(like, bool):
        return _boolean(value)  # type: ignore[return-value]  # V is bool here
    if isinstance(like, list):
        items = (
            value
            if isinstance(value, list)
            else [part.strip() for part in str(value).split(",") if part.strip()]
        )
        kind = type(like[0]) if like else str
        return [kind(item) for item in items]  # type: ignore[return-value]  # V is a list of kind here
    return type(like)(value)  # type: ignore[arg-type,return-value]  # V is int, float or str here


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
        "": False,
    }
    return words[str(value).strip().lower()] if str(value).strip().lower() in words else _refuse(value)


def _refuse(value: object) -> bool:
    raise ValueError(value)


def declared() -> dict[str, Setting]:  # type: ignore[type-arg]  # settings of every type together
    """All settings of all slices by key."""
    from guibin.core.manifest import manifests

    return {setting.key: setting for manifest in manifests() for setting in manifest.settings}


def get(setting: Setting[V]) -> V:
    """The organisation's value, or the default."""
    from guibin.core.models import PreferenceValue

    row = PreferenceValue.objects.filter(key=setting.key).first()
    return setting.default if row is None else setting.parse(row.value)


def get_many(*settings: Setting) -> dict[str, object]:  # type: ignore[type-arg]  # settings of every type together
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
