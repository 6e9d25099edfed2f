"""What insight tells the house."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text
from guibin.core.events import Event


@dataclass(frozen=True)
class FactsRefreshed(Event):
    """The facts of ``as_of`` are published; ``changed`` customers differ from those published before."""

    name: ClassVar[str] = "insight.facts_refreshed"
    wording: ClassVar[Text] = _("Figures as of %(as_of)s made for %(customers)s customers")
    icon: ClassVar[str] = "ti-refresh"

    refresh_id: int
    as_of: date
    customers: int
    orders: int
    changed: int
