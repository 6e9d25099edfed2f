"""The door to customers: frozen values and ids in and out, never rows or querysets.

Writes are keyword-only operations with ``actor`` and ``at``; reads are masked unless they say otherwise.

Importing
---------
``bulk_upsert`` takes one batch (some thousand rows; all of it one transaction, the caller's if there is one)
and returns one ``RowOutcome`` per row, in the order of the rows. Feed the batches of a file in the order of
``row_order`` and any permutation of the file gives the same customers with the same numbers.

- ``match_keys``: any of ``MATCH_KEYS`` in order of trust. ``external_id`` is the id of ``source``; cards
  are external ids of the source ``card``. A row with none of them is ``invalid`` (``no_match_key``).
- ``policy``: ``skip`` leaves known people alone, ``fill`` writes only what is unknown, ``overwrite`` writes
  what the row brings; nothing is ever emptied, contact points, ids and tags are only added.
- Outcomes: created, updated, unchanged, skipped (known, policy skip), duplicate (another row of the file is
  the same person; the first in row order is taken), conflict (``several_match``, ``keys_disagree``,
  ``external_id_taken``, ``other_external_id`` (found by phone, say, but known to ``source`` by another id),
  ``id_number_taken``, ``number_unknown``), invalid (``invalid_phone`` ...).
- Numbers come from a counter row, not a sequence: a batch rolled back and repeated gives the same ones.

``undo_import`` deletes the customers an import made unless something came to them later or they are in
``depended_on`` (the caller asks the slices above, for example for orders), and gives updated customers back
their earlier values, held sealed in the field history. Every table of this slice but the event log is as
it was before.
"""

from collections.abc import Iterable, Sequence

from guibin.core import preferences
from guibin.core.permissions import Actor
from guibin.customers.errors import CustomerUnknown
from guibin.customers.operations.contacts import add_contact, add_external_id, edit_contact, remove_contact
from guibin.customers.operations.erasing import erase_customer
from guibin.customers.operations.importing import (
    bulk_upsert,
    ensure_by_external,
    external_order,
    foresee_upsert,
)
from guibin.customers.operations.labels import (
    add_tag,
    archive_attribute,
    archive_tag,
    remove_tag,
    save_attribute,
    save_tag,
    set_attributes,
    tag_by_name,
    write_note,
)
from guibin.customers.operations.matching import fill_match_tokens
from guibin.customers.operations.matching_decisions import join_pair, keep_apart, release_pair
from guibin.customers.operations.matching_policies import save_key_policies
from guibin.customers.operations.matching_queueing import find_scan, queue_scan
from guibin.customers.operations.matching_scan import Scanned, match_customers, scan_duplicates
from guibin.customers.operations.merging import merge_customers, undo_merge
from guibin.customers.operations.people import (
    archive_customer,
    create_customer,
    edit_customer,
    restore_customer,
)
from guibin.customers.operations.preferring import prefer_contacts
from guibin.customers.operations.reaching import set_contact_preference
from guibin.customers.operations.relating import (
    edit_relation,
    relate_customers,
    relate_newcomer,
    remove_relation,
)
from guibin.customers.operations.requirements import (
    add_requirement,
    archive_requirement_type,
    edit_requirement,
    remove_requirement,
    reveal_requirements,
    save_requirement_type,
)
from guibin.customers.operations.revealing import reveal_cards, reveal_customer, reveal_history
from guibin.customers.operations.staffing import assign_staff, release_staff
from guibin.customers.operations.undoing import undo_import
from guibin.customers.permissions import (
    ARCHIVE_CUSTOMER,
    EDIT_CUSTOMER,
    EXPORT_CUSTOMER,
    IMPORT_CUSTOMER,
    MERGE_CUSTOMER,
    REVEAL_CUSTOMER,
    VIEW_CUSTOMER,
)
from guibin.customers.queries.finding import (
    Hit,
    find_bearers_by_external,
    find_ids_by_emails,
    find_ids_by_external,
    find_ids_by_numbers,
    find_ids_by_phones,
    find_numbers,
    search,
)
from guibin.customers.queries.groups import group, groups, list_merged, resolve
from guibin.customers.queries.imported import count_imported
from guibin.customers.queries.labels import (
    attribute_label,
    choice_label,
    list_attributes,
    list_field_history,
    list_notes,
    list_tags,
)
from guibin.customers.queries.pairs import (
    PairFilters,
    PairView,
    count_import_matches,
    count_open_pairs,
    get_pair,
    list_key_policies,
    list_pairs,
    list_sure_ids,
)
from guibin.customers.queries.parts import (
    Head,
    Sheet,
    head_part,
    joined_part,
    read_head,
    read_sheet,
    sheet_part,
)
from guibin.customers.queries.people import (
    count_customers,
    find_id,
    find_visible_ids,
    get_bearer,
    get_cards,
    get_id,
    list_cards_below,
    list_cities,
    list_customers,
    list_ids,
    read_customer,
)
from guibin.customers.queries.picking import find_picks
from guibin.customers.queries.places import stores_of_customers
from guibin.customers.queries.reaching import contact_preferences, place_preferences
from guibin.customers.queries.relations import list_relations, relations_of
from guibin.customers.queries.requirements import (
    list_requirement_types,
    list_requirements,
    requirement_label,
    requirements_about,
)
from guibin.customers.queries.staffing import list_linked_staff, main_staff, staff_of
from guibin.customers.rules.birthday import next_occurrence, parse_birthday
from guibin.customers.rules.company import normalise_credit_code
from guibin.customers.rules.contact import normalise_email, normalise_phone, normalise_wechat
from guibin.customers.rules.finding import spell
from guibin.customers.rules.identity import normalise_id_number
from guibin.customers.rules.importing import clean_external, clean_row, sort_key
from guibin.customers.rules.plain import as_plain
from guibin.customers.rules.profile import parse_gender
from guibin.customers.rules.reaching import Preference, is_quiet, is_welcome
from guibin.customers.rules.relations import NewRelation, RelationView
from guibin.customers.rules.requirements import RequirementKind, RequirementView, StaffLinkView
from guibin.customers.rules.values import (
    CARD_SOURCE,
    MATCH_KEYS,
    REVEAL_REASONS,
    Attribute,
    AttributeFact,
    Birthday,
    Card,
    Change,
    Contact,
    CustomerRow,
    CustomerView,
    ExternalRef,
    Filters,
    Foreseen,
    Kept,
    NewContact,
    NoteView,
    Outcome,
    Policy,
    Profile,
    RowOutcome,
    TagView,
    UndoReport,
)
from guibin.customers.settings import PHONE_REGION
from guibin.customers.words import GENDERS, STATUSES, field_word

__all__ = [
    "ARCHIVE_CUSTOMER",
    "CARD_SOURCE",
    "EDIT_CUSTOMER",
    "EXPORT_CUSTOMER",
    "GENDERS",
    "IMPORT_CUSTOMER",
    "MATCH_KEYS",
    "MERGE_CUSTOMER",
    "PHONE_REGION",
    "REVEAL_CUSTOMER",
    "REVEAL_REASONS",
    "STATUSES",
    "VIEW_CUSTOMER",
    "Attribute",
    "AttributeFact",
    "Birthday",
    "Card",
    "Change",
    "Contact",
    "CustomerRow",
    "CustomerUnknown",
    "CustomerView",
    "ExternalRef",
    "Filters",
    "Foreseen",
    "Head",
    "Hit",
    "Kept",
    "NewContact",
    "NewRelation",
    "NoteView",
    "Outcome",
    "PairFilters",
    "PairView",
    "Policy",
    "Preference",
    "Profile",
    "RelationView",
    "RequirementKind",
    "RequirementView",
    "RowOutcome",
    "Scanned",
    "Sheet",
    "StaffLinkView",
    "TagView",
    "UndoReport",
    "add_contact",
    "add_external_id",
    "add_requirement",
    "add_tag",
    "archive_attribute",
    "archive_customer",
    "archive_requirement_type",
    "archive_tag",
    "as_plain",
    "assign_staff",
    "attribute_label",
    "bulk_upsert",
    "check_rows",
    "choice_label",
    "clean_external",
    "contact_preferences",
    "count_customers",
    "count_import_matches",
    "count_imported",
    "count_open_pairs",
    "create_customer",
    "edit_contact",
    "edit_customer",
    "edit_relation",
    "edit_requirement",
    "ensure_by_external",
    "erase_customer",
    "external_order",
    "field_word",
    "fill_match_tokens",
    "find_bearers_by_external",
    "find_by_number",
    "find_id",
    "find_ids_by_emails",
    "find_ids_by_external",
    "find_ids_by_numbers",
    "find_ids_by_phones",
    "find_numbers",
    "find_picks",
    "find_scan",
    "find_visible_ids",
    "foresee_upsert",
    "get_bearer",
    "get_cards",
    "get_customer",
    "get_id",
    "get_pair",
    "group",
    "groups",
    "head_part",
    "is_quiet",
    "is_welcome",
    "join_pair",
    "joined_part",
    "keep_apart",
    "list_attributes",
    "list_cards_below",
    "list_cities",
    "list_customers",
    "list_field_history",
    "list_ids",
    "list_key_policies",
    "list_linked_staff",
    "list_merged",
    "list_notes",
    "list_pairs",
    "list_relations",
    "list_requirement_types",
    "list_requirements",
    "list_sure_ids",
    "list_tags",
    "main_staff",
    "match_customers",
    "merge_customers",
    "next_occurrence",
    "normalise_credit_code",
    "normalise_email",
    "normalise_id_number",
    "normalise_phone",
    "normalise_wechat",
    "parse_birthday",
    "parse_gender",
    "place_preferences",
    "prefer_contacts",
    "queue_scan",
    "read_head",
    "read_sheet",
    "relate_customers",
    "relate_newcomer",
    "relations_of",
    "release_pair",
    "release_staff",
    "remove_contact",
    "remove_relation",
    "remove_requirement",
    "remove_tag",
    "requirement_label",
    "requirements_about",
    "resolve",
    "restore_customer",
    "reveal_cards",
    "reveal_customer",
    "reveal_history",
    "reveal_requirements",
    "row_order",
    "save_attribute",
    "save_key_policies",
    "save_requirement_type",
    "save_tag",
    "scan_duplicates",
    "search",
    "set_attributes",
    "set_contact_preference",
    "sheet_part",
    "spell",
    "staff_of",
    "stores_of_customers",
    "tag_by_name",
    "undo_import",
    "undo_merge",
    "write_note",
]


def get_customer(customer_id: int, *, actor: Actor) -> CustomerView:
    """Everything about one customer, masked. Raises ``CustomerUnknown``, also for whom may not be seen."""
    return read_customer(customer_id, actor=actor, masked=True)


def find_by_number(number: str, *, actor: Actor) -> CustomerView | None:
    """As ``get_customer`` by number (a merged number finds the person it became); None if unknown."""
    customer_id = find_id(number, actor=actor)
    return None if customer_id is None else get_customer(customer_id, actor=actor)


def check_rows(rows: Iterable[CustomerRow], *, source: str, match_keys: Sequence[str]) -> dict[int, str]:
    """The problem code of each row that ``bulk_upsert`` would call invalid, by position; writes nothing."""
    region = preferences.get(PHONE_REGION)
    clean = (clean_row(row, source=source, match_keys=match_keys, region=region) for row in rows)
    return {row.position: row.problem for row in clean if row.problem}


def row_order(row: CustomerRow, *, source: str, match_keys: Sequence[str], region: str) -> tuple[object, ...]:
    """The key by which rows of a whole file are sorted before they are cut into batches."""
    return sort_key(clean_row(row, source=source, match_keys=match_keys, region=region))
