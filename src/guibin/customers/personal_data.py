"""Privacy class of every field; a person's copy of their data; erasure."""

from collections.abc import Mapping

from guibin.core import clock
from guibin.core.permissions import SYSTEM
from guibin.core.privacy import PersonalData, PrivacyClass, by_field
from guibin.customers.models import Customer
from guibin.customers.operations.erasing import erase_customer
from guibin.customers.queries.groups import group
from guibin.customers.queries.labels import list_field_history, list_notes
from guibin.customers.queries.people import read_customer
from guibin.customers.queries.ties import export_ties
from guibin.customers.rules.profile import as_texts

NONE, ID, SEALED, INDEX = PrivacyClass.NONE, PrivacyClass.ID, PrivacyClass.SEALED, PrivacyClass.INDEX
COARSE, STAFF = PrivacyClass.COARSE, PrivacyClass.STAFF

FIELDS: dict[str, dict[PrivacyClass, str]] = {
    "NumberCounter": {NONE: "id last_serial"},
    "Customer": {
        ID: "id number serial",
        SEALED: "name_sealed latin_name_sealed details_sealed id_number_sealed",
        INDEX: "id_number_index",
        COARSE: "gender birth_calendar birth_month birth_day birth_leap age_band province city",
        NONE: "changed_xid kind status joined_on joined_store_id source import_id revision created_at "
        "updated_at erased_at",
        STAFF: "created_by",
    },
    "ContactPoint": {
        NONE: "id kind label is_preferred hour_from hour_until source import_id added_at",
        ID: "customer",
        SEALED: "value_sealed",
        INDEX: "value_index",
    },
    "ExternalId": {
        NONE: "id source import_id added_at",
        ID: "customer",
        SEALED: "value_sealed",
        INDEX: "value_index",
    },
    "SearchToken": {ID: "customer", INDEX: "name_tokens phone_tokens match_tokens"},
    "AttributeDefinition": {NONE: "id code label_zh label_en kind unit choices privacy position is_archived"},
    "AttributeValue": {NONE: "id definition import_id set_at", ID: "customer", SEALED: "value_sealed"},
    "Note": {NONE: "id written_at import_id", ID: "customer", SEALED: "text_sealed", STAFF: "author"},
    "Tag": {NONE: "id name colour is_archived created_at import_id"},
    "CustomerTag": {NONE: "id tag added_at import_id", ID: "customer", STAFF: "added_by"},
    "FieldChange": {
        NONE: "id field source import_id changed_at",
        ID: "customer",
        SEALED: "old_sealed new_sealed",
        STAFF: "changed_by",
    },
    "CustomerAlias": {ID: "customer into", NONE: "id merged_at changed_xid"},
    "Merge": {
        ID: "kept absorbed",
        NONE: "id reason score evidence choices merged_at undone_at",
        STAFF: "merged_by undone_by",
    },
    "MatchPair": {
        ID: "low high",
        NONE: "id status score evidence found_at decided_at",
        STAFF: "decided_by",
    },
    "KeyPolicy": {NONE: "id source key policy"},
    "Relation": {
        ID: "one other",
        SEALED: "details_sealed",
        NONE: "id kind since until contact_role decides revision added_at",
        STAFF: "added_by",
    },
    "ContactPreference": {
        ID: "customer",
        COARSE: "channel days hour_from hour_until language quiet_from quiet_until",
        NONE: "id relation set_at",
        STAFF: "set_by",
    },
    "StaffLink": {
        ID: "customer",
        NONE: "id role since until is_main assigned_at",
        STAFF: "staff assigned_by",
    },
    "RequirementType": {NONE: "id code label_zh label_en privacy position is_archived"},
    "Requirement": {
        ID: "customer subject_id",
        SEALED: "text_sealed",
        NONE: "id type valid_until subject_kind revision written_at",
        STAFF: "written_by",
    },
}


def export(customer_id: int) -> Mapping[str, object]:
    """All that is stored of a person under any of their ids, unmasked, as plain JSON values. ``numbers`` are
    all customer numbers they have. Raises ``CustomerUnknown``."""
    view = read_customer(customer_id, actor=SYSTEM, masked=False)
    numbers = Customer.objects.filter(pk__in=group(customer_id)).order_by("pk")
    return {
        "number": view.number,
        "numbers": list(numbers.values_list("number", flat=True)),
        "status": view.status,
        "profile": as_texts(view.profile),
        "contacts": [
            {
                "kind": contact.kind,
                "value": contact.value,
                "label": contact.label,
                "source": contact.source,
                "added_at": contact.added_at.isoformat(),
            }
            for contact in view.contacts
        ],
        "external_ids": [{"source": ref.source, "value": ref.value} for ref in view.external_ids],
        "tags": [tag.name for tag in view.tags],
        "fields": {fact.definition.code: fact.value for fact in view.attributes},
        "notes": [
            {"text": note.text, "written_at": note.written_at.isoformat()}
            for note in list_notes(customer_id, limit=100_000)
        ],
        "history": [
            {"field": change.field, "old": change.old, "new": change.new, "at": change.changed_at.isoformat()}
            for change in list_field_history(customer_id, limit=100_000)
        ],
        **export_ties(customer_id),
    }


def erase(customer_id: int) -> None:
    """Destroy the person's key and whatever is sealed, findable or coarse (an edge: reads the clock)."""
    erase_customer(customer_id=customer_id, actor=SYSTEM, at=clock.now())


PERSONAL_DATA = PersonalData(
    fields=by_field(FIELDS),
    export=export,
    erase=erase,
)
