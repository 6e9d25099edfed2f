"""What happens to customers: ids, codes and numbers only."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.events import Event


@dataclass(frozen=True)
class CustomerCreated(Event):
    name: ClassVar[str] = "customers.customer_created"
    wording = _("Became known to us")
    icon = "ti-user-plus"

    source: str
    import_id: int | None = None


@dataclass(frozen=True)
class CustomerEdited(Event):
    """``fields`` are field codes; what they held is sealed in the field history."""

    name: ClassVar[str] = "customers.customer_edited"
    wording = _("Profile changed")
    icon = "ti-user-edit"

    fields: tuple[str, ...]
    source: str
    import_id: int | None = None


@dataclass(frozen=True)
class CustomerArchived(Event):
    name: ClassVar[str] = "customers.customer_archived"
    wording = _("Archived")
    icon = "ti-archive"


@dataclass(frozen=True)
class CustomerRestored(Event):
    name: ClassVar[str] = "customers.customer_restored"
    wording = _("Brought back from the archive")
    icon = "ti-archive-off"


@dataclass(frozen=True)
class CustomerErased(Event):
    name: ClassVar[str] = "customers.customer_erased"
    wording = _("Personal data erased")
    icon = "ti-eraser"


@dataclass(frozen=True)
class CustomersMerged(Event):
    """``absorbed`` stands for ``kept`` from now on; ``fields`` are the codes of fields taken over."""

    name: ClassVar[str] = "customers.customers_merged"
    wording = _("Merged: two records are one person")
    icon = "ti-arrows-join"

    merge_id: int
    kept: int
    absorbed: int
    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class MergeUndone(Event):
    """Two people again; ``fields`` are the codes of fields given back."""

    name: ClassVar[str] = "customers.merge_undone"
    wording = _("Merge undone: two people again")
    icon = "ti-arrows-split"

    merge_id: int
    kept: int
    absorbed: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class PairKeptApart(Event):
    """Somebody said that the two are two people; ``pair_id`` is the mark."""

    name: ClassVar[str] = "customers.pair_kept_apart"
    wording = _("Marked as two different people")
    icon = "ti-users"

    pair_id: int
    low: int
    high: int


@dataclass(frozen=True)
class PairReleased(Event):
    name: ClassVar[str] = "customers.pair_released"
    wording = _("No longer marked as two different people")
    icon = "ti-users"

    low: int
    high: int


@dataclass(frozen=True)
class KeyPoliciesSet(Event):
    """What exact keys are worth was changed, for some source; ``keys`` are their codes."""

    name: ClassVar[str] = "customers.key_policies_set"
    wording = _("Matching rules changed")
    icon = "ti-adjustments"

    keys: tuple[str, ...]


@dataclass(frozen=True)
class ContactPointAdded(Event):
    name: ClassVar[str] = "customers.contact_point_added"
    wording = _("Contact point added")
    icon = "ti-address-book"

    contact_id: int
    contact_kind: str


@dataclass(frozen=True)
class ContactPointEdited(Event):
    name: ClassVar[str] = "customers.contact_point_edited"
    wording = _("Contact point changed")
    icon = "ti-address-book"

    contact_id: int
    contact_kind: str


@dataclass(frozen=True)
class ContactPointRemoved(Event):
    name: ClassVar[str] = "customers.contact_point_removed"
    wording = _("Contact point removed")
    icon = "ti-address-book-off"

    contact_id: int
    contact_kind: str


@dataclass(frozen=True)
class ExternalIdAdded(Event):
    name: ClassVar[str] = "customers.external_id_added"
    wording = _("Card or id of another system linked")
    icon = "ti-id"

    source: str


@dataclass(frozen=True)
class NoteAdded(Event):
    name: ClassVar[str] = "customers.note_added"
    wording = _("Note written")
    icon = "ti-note"

    note_id: int


@dataclass(frozen=True)
class TagAdded(Event):
    name: ClassVar[str] = "customers.tag_added"
    wording = _("Tagged")
    icon = "ti-tag"

    tag_id: int


@dataclass(frozen=True)
class TagRemoved(Event):
    name: ClassVar[str] = "customers.tag_removed"
    wording = _("Tag taken off")
    icon = "ti-tag-off"

    tag_id: int


@dataclass(frozen=True)
class TagChanged(Event):
    """A tag itself was created, renamed, archived or brought back."""

    name: ClassVar[str] = "customers.tag_changed"
    wording = _("Tag changed")
    icon = "ti-tags"

    tag_id: int
    change: str


@dataclass(frozen=True)
class AttributesSet(Event):
    name: ClassVar[str] = "customers.attributes_set"
    wording = _("Own fields filled in")
    icon = "ti-forms"

    codes: tuple[str, ...]


@dataclass(frozen=True)
class AttributeDefined(Event):
    name: ClassVar[str] = "customers.attribute_defined"
    wording = _("Customer field %(code)s set up")
    icon = "ti-forms"

    code: str
    change: str


@dataclass(frozen=True)
class PersonalDataRevealed(Event):
    name: ClassVar[str] = "customers.personal_data_revealed"
    wording = _("Personal data looked at in full")
    icon = "ti-eye"

    reason: str


@dataclass(frozen=True)
class CustomersImported(Event):
    name: ClassVar[str] = "customers.customers_imported"
    wording = _("%(created)s customers created and %(updated)s updated by an import")
    icon = "ti-file-import"

    created: int
    updated: int
    source: str


@dataclass(frozen=True)
class CustomersImportUndone(Event):
    name: ClassVar[str] = "customers.customers_import_undone"
    wording = _("Import undone: %(removed)s customers removed, %(restored)s restored, %(kept)s kept")
    icon = "ti-arrow-back-up"

    removed: int
    restored: int
    kept: int


@dataclass(frozen=True)
class RelationAdded(Event):
    """``role`` is what ``other`` is to ``one``; both are subjects."""

    name: ClassVar[str] = "customers.relation_added"
    wording = _("Related to another customer")
    icon = "ti-users-plus"

    relation_id: int
    one: int
    other: int
    role: str


@dataclass(frozen=True)
class RelationEdited(Event):
    """Period, place in the company, title or remark; what they hold is sealed."""

    name: ClassVar[str] = "customers.relation_edited"
    wording = _("A relation to another customer changed")
    icon = "ti-users"

    relation_id: int
    one: int
    other: int
    role: str


@dataclass(frozen=True)
class RelationRemoved(Event):
    name: ClassVar[str] = "customers.relation_removed"
    wording = _("A relation to another customer was taken away")
    icon = "ti-users-minus"

    relation_id: int
    one: int
    other: int
    role: str


@dataclass(frozen=True)
class StaffAssigned(Event):
    """Also when somebody who looks after the customer already changes role."""

    name: ClassVar[str] = "customers.staff_assigned"
    wording = _("Somebody of the house looks after them")
    icon = "ti-user-heart"

    staff_id: int
    role: str
    is_main: bool


@dataclass(frozen=True)
class StaffReleased(Event):
    name: ClassVar[str] = "customers.staff_released"
    wording = _("Somebody of the house no longer looks after them")
    icon = "ti-user-off"

    staff_id: int
    role: str


@dataclass(frozen=True)
class ContactPreferenceSet(Event):
    """``relation_id`` names the place in a company it is for; an empty channel means none was told."""

    name: ClassVar[str] = "customers.contact_preference_set"
    wording = _("Told us how they like to be contacted")
    icon = "ti-message-heart"

    channel: str
    relation_id: int | None = None


@dataclass(frozen=True)
class RequirementAdded(Event):
    name: ClassVar[str] = "customers.requirement_added"
    wording = _("Asked for something special")
    icon = "ti-ruler-measure"

    requirement_id: int
    type_id: int


@dataclass(frozen=True)
class RequirementEdited(Event):
    name: ClassVar[str] = "customers.requirement_edited"
    wording = _("A special requirement changed")
    icon = "ti-ruler-measure"

    requirement_id: int
    type_id: int


@dataclass(frozen=True)
class RequirementRemoved(Event):
    name: ClassVar[str] = "customers.requirement_removed"
    wording = _("A special requirement was taken away")
    icon = "ti-ruler-off"

    requirement_id: int
    type_id: int


@dataclass(frozen=True)
class RequirementTypeDefined(Event):
    name: ClassVar[str] = "customers.requirement_type_defined"
    wording = _("A kind of requirement was defined")
    icon = "ti-forms"

    code: str
    change: str


ALL = (
    CustomerCreated,
    CustomerEdited,
    CustomerArchived,
    CustomerRestored,
    CustomerErased,
    CustomersMerged,
    MergeUndone,
    PairKeptApart,
    PairReleased,
    KeyPoliciesSet,
    ContactPointAdded,
    ContactPointEdited,
    ContactPointRemoved,
    ExternalIdAdded,
    NoteAdded,
    TagAdded,
    TagRemoved,
    TagChanged,
    AttributesSet,
    AttributeDefined,
    PersonalDataRevealed,
    CustomersImported,
    CustomersImportUndone,
    RelationAdded,
    RelationEdited,
    RelationRemoved,
    StaffAssigned,
    StaffReleased,
    ContactPreferenceSet,
    RequirementAdded,
    RequirementEdited,
    RequirementRemoved,
    RequirementTypeDefined,
)
