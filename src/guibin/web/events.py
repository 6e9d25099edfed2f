"""Events of the page kit."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.events import Event


@dataclass(frozen=True)
class ListExported(Event):
    name: ClassVar[str] = "web.list_exported"
    wording = _("%(rows)s rows of %(list_name)s exported as %(format)s")
    icon = "ti-download"

    list_name: str
    format: str
    rows: int
