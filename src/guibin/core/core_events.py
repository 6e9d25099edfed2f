"""Events of the core itself."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.events import Event


@dataclass(frozen=True)
class SettingChanged(Event):
    name: ClassVar[str] = "core.setting_changed"
    wording = _("Setting %(key)s changed")
    icon = "ti-settings"

    key: str
