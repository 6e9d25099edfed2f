"""The list of customers: columns, filters and actions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from guibin.accounts import api as accounts
from guibin.core.ids import StaffId
from guibin.core.permissions import Actor
from guibin.customers import relation_words, words
from guibin.customers.permissions import EDIT_CUSTOMER, EXPORT_CUSTOMER
from guibin.customers.queries.labels import list_tags
from guibin.customers.queries.people import list_cities
from guibin.customers.queries.requirements import list_requirement_types, requirement_label
from guibin.customers.queries.staffing import list_linked_staff
from guibin.customers.rules.values import Card, Filters
from guibin.web.asked import read_all
from guibin.web.links import link_url
from guibin.web.listing.spec import BulkAction, Column, Empty, Filter, ListSpec, RowAction
from guibin.web.listing.state import ListState

EVERYBODY = _("customers")


def profile_url(card: Card) -> str:
    """The page about a customer; where the console is not installed, the edit page."""
    return link_url("customers.profile", number=card.number) or link_url("customers.edit", number=card.number)


def shown_name(card: Card) -> str:
    """The name, the Latin name, or the number of somebody whose name is unknown."""
    return card.name or card.latin_name or card.number


def _months() -> list[tuple[str, str]]:
    return [(str(month), str(_("Month %(month)s") % {"month": month})) for month in range(1, 13)]


def _stores() -> list[tuple[str, str]]:
    return [(str(store.id), store.name) for store in accounts.list_stores()]


def _tags() -> list[tuple[str, str]]:
    return [(str(tag.id), tag.name) for tag in list_tags()]


def _cities() -> list[tuple[str, str]]:
    return [(city, city) for city in list_cities(limit=60)]


def _staff() -> list[tuple[str, str]]:
    ids = [StaffId(staff_id) for staff_id in list_linked_staff()]
    people = accounts.get_staff_by_ids(ids).values()
    return sorted(((str(one.id), one.display_name) for one in people), key=lambda one: one[1])


def _requirements() -> list[tuple[str, str]]:
    return [(str(kind.id), requirement_label(kind)) for kind in list_requirement_types()]


def _edit_url(card: Card) -> str:
    return "" if card.status == "erased" else link_url("customers.edit", number=card.number)


LIST = ListSpec(
    name="customers.list",
    unit=EVERYBODY,
    title=_("Customers"),
    caption=_("Customers by number, newest first"),
    row_id="id",
    columns=[
        Column(
            "name",
            pgettext_lazy("person", "Name"),
            primary=True,
            value=shown_name,
            url=profile_url,
            template="customers/cell_name.html",
        ),
        Column("number", _("Number"), sort=True),
        Column("phone", _("Phone")),
        Column("store", _("Joined at"), template="customers/cell_store.html"),
        Column("joined_on", _("Joined on"), kind="day", sort=True),
        Column(
            "tags",
            _("Tags"),
            template="customers/cell_tags.html",
            export=lambda row: ", ".join(t.name for t in row.tags),
        ),
        Column("manager", _("Looked after by"), hidden=True),
        Column("city", _("City"), sort=True, hidden=True),
        Column(
            "kind",
            _("Person or company"),
            hidden=True,
            value=lambda row: str(relation_words.KINDS[row.kind]),
        ),
        Column("gender", _("Gender"), hidden=True, value=lambda row: str(words.GENDERS.get(row.gender, ""))),
        Column("status", _("State"), hidden=True, value=lambda row: str(words.STATUSES[row.status])),
    ],
    filters=[
        Filter.text("q", _("Name, pinyin, phone or number"), personal=True),
        Filter.choice("store", _("Joined at"), _stores, pinned=True),
        Filter.choice("tag", _("Tag"), _tags, pinned=True),
        Filter.yes_no("mine", _("My customers"), pinned=True),
        Filter.choice("kind", _("Person or company"), list(relation_words.KINDS.items())),
        Filter.choice("staff", _("Looked after by"), _staff),
        Filter.choice("asks", _("Special requirements"), _requirements),
        Filter.day("joined", _("Joined on")),
        Filter.choice("birth_month", _("Birthday month"), _months),
        Filter.choice("city", _("City"), _cities),
        Filter.choice("gender", _("Gender"), list(words.GENDERS.items())),
        Filter.choice("status", _("State"), list(words.STATUSES.items())),
    ],
    sort="-number",
    export=EXPORT_CUSTOMER,
    actions=[RowAction(_("Edit"), icon="pencil", url=_edit_url, permission=EDIT_CUSTOMER)],
    bulk=[
        BulkAction("tag", _("Add a tag"), icon="tag", link="customers.bulk_tag", permission=EDIT_CUSTOMER),
        BulkAction(
            "staff",
            _("Assign a member of staff"),
            icon="user-heart",
            link="customers.bulk_staff",
            permission=EDIT_CUSTOMER,
        ),
    ],
    empty=Empty(
        _("No customers yet"),
        _("They appear here once you load a file, or enter the first one by hand."),
        button=_("New customer"),
        link="customers.new",
        icon="users",
    ),
)


def filters_of(state: ListState, actor: Actor) -> Filters:
    """What a list's state narrows customers by; without a state filter only active ones. "Mine" are those the
    actor looks after."""

    def several(key: str) -> tuple[str, ...]:
        return state.get(key) or ()

    def ids(key: str) -> tuple[int, ...]:
        return read_all(several(key))

    joined: Any = state.get("joined")
    mine = (actor.id or 0,) if state.get("mine") and actor.kind == "staff" else ()
    return Filters(
        statuses=several("status") or ("active",),
        store_ids=ids("store"),
        tag_ids=ids("tag"),
        genders=several("gender"),
        birth_months=ids("birth_month"),
        cities=several("city"),
        joined_from=joined.first if joined else None,
        joined_until=joined.last if joined else None,
        text=state.get("q") or "",
        kinds=several("kind"),
        staff_ids=mine or ids("staff"),
        requirement_ids=ids("asks"),
    )


def sort_of(state: ListState) -> str:
    return f"{'-' if state.descending else ''}{state.sort or 'number'}"


def tagged_words(count: int) -> str:
    return str(
        ngettext_lazy("%(count)s customer tagged.", "%(count)s customers tagged.", count) % {"count": count}
    )
