"""Reading what customers ask for."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import get_language

from guibin.core.sealing import vault
from guibin.customers.models import Requirement, RequirementType
from guibin.customers.queries import sealed
from guibin.customers.queries.groups import group
from guibin.customers.rules.requirements import RequirementKind, RequirementView


def as_kind(row: RequirementType) -> RequirementKind:
    return RequirementKind(
        row.pk, row.code, row.label_zh, row.label_en, row.privacy, row.position, row.is_archived
    )


def requirement_label(kind: RequirementKind) -> str:
    """Its name in the language spoken now."""
    english = (get_language() or "").startswith("en")
    return kind.label_en or kind.label_zh if english else kind.label_zh


def list_requirement_types(*, archived: bool = False) -> list[RequirementKind]:
    """Kinds of requirements in their order; archived ones only when asked."""
    rows = RequirementType.objects.filter(Q() if archived else Q(is_archived=False))
    return [as_kind(row) for row in rows.order_by("is_archived", "position", "pk")]


def list_requirements(customer_id: int, *, masked: bool = True) -> list[RequirementView]:
    """What a person asks for, over all their ids: by kind, the newest first. With ``masked`` the texts of
    sensitive kinds are None. Empty once the person has been erased."""
    rows = Requirement.objects.filter(customer_id__in=group(customer_id), type__is_archived=False)
    return _views(rows.select_related("type").order_by("type__position", "type_id", "-pk"), masked=masked)


def requirements_about(subject_kind: str, subject_id: int, *, masked: bool = True) -> list[RequirementView]:
    """What was asked for about one thing, such as ``order`` 17; newest first."""
    rows = Requirement.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return _views(rows.select_related("type").order_by("-pk"), masked=masked)


def _views(rows: Iterable[Requirement], *, masked: bool) -> list[RequirementView]:
    found = list(rows)
    keys = vault().load({row.customer_id for row in found}) if found else {}
    return [
        RequirementView(
            id=row.pk,
            customer_id=row.customer_id,
            kind=as_kind(row.type),
            text=(
                None
                if masked and row.type.privacy == "sensitive"
                else keys[row.customer_id].open(sealed.REQUIREMENT, row.text_sealed)
            ),
            valid_until=row.valid_until,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            revision=row.revision,
            written_by=row.written_by,
            written_at=row.written_at,
        )
        for row in found
        if row.customer_id in keys
    ]
