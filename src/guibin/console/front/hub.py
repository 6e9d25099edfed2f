"""The settings hub: every page that sets something up, in plain groups, for who may open it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text
from guibin.core.permissions import Actor
from guibin.web.links import link_url, registered_links


@dataclass(frozen=True, slots=True)
class Tile:
    label: Text
    note: Text
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class TileGroup:
    title: Text
    tiles: list[Tile]


GROUPS: Sequence[tuple[Text, Sequence[tuple[str, Text]]]] = (
    (
        _("The house"),
        (
            ("accounts.organisation", _("Name, currency, time zone, and the day figures are counted at.")),
            ("accounts.stores", _("Where you sell, and who belongs where.")),
            ("accounts.staff", _("Who signs in; invite, change, switch off.")),
            ("accounts.roles", _("What each role may do, in plain sentences.")),
        ),
    ),
    (
        _("Rules"),
        (
            ("console.policies", _("Who is a VIP: lines, presets, versions, preview.")),
            ("accounts.numbers", _("Every number the rules work with, with its default.")),
            ("insight.stages", _("After how many days a customer counts as fading or lost.")),
        ),
    ),
    (
        _("Data"),
        (
            ("integrations.list", _("Files loaded so far; templates; take an import back.")),
            ("integrations.templates", _("Saved column mappings.")),
            ("customers.attributes", _("Your own customer fields.")),
            ("customers.requirement_types", _("What you note when a customer asks for something special.")),
            ("customers.tags", _("Tags and their colours.")),
            ("customers.matching", _("When two customers with the same phone or card are one person.")),
            ("purchases.categories", _("Categories and brands.")),
            ("purchases.channels", _("Where sales come from: shop, web, phone.")),
            ("purchases.rates", _("Exchange rates into the shop's currency, by day.")),
            ("insight.freshness", _("When the figures were made; make them anew.")),
        ),
    ),
    (
        _("Programs and look"),
        (
            ("accounts.keys", _("Keys for tills and other programs.")),
            ("web.gallery", _("Every part of the pages in every state.")),
            ("accounts.me", _("Your language, look and password.")),
        ),
    ),
)


def list_groups(actor: Actor) -> list[TileGroup]:
    """Groups with at least one page the actor may open."""
    links = registered_links()
    groups = []
    for title, entries in GROUPS:
        tiles = [
            Tile(links[name].label, note, url, links[name].icon or "settings")
            for name, note in entries
            if (url := link_url(name, actor=actor))
        ]
        if tiles:
            groups.append(TileGroup(title, tiles))
    return groups
