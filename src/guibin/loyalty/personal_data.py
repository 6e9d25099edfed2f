"""Privacy classes of loyalty's tables, export and erasure of a person's standing."""

from collections.abc import Mapping

from guibin.core.privacy import PersonalData, PrivacyClass

NONE, ID = PrivacyClass.NONE, PrivacyClass.ID


def export(customer_id: int) -> Mapping[str, object]:
    """The person's standing and its history, for a copy of their data."""
    from guibin.loyalty.models import Standing, StandingChange

    standing = Standing.objects.filter(customer_id=customer_id)
    changes = StandingChange.objects.filter(customer_id=customer_id).order_by("id")
    return {
        "standing": list(standing.values("level", "since", "as_of", "receipt")),
        "changes": list(changes.values("level_from", "level_to", "as_of", "receipt")),
    }


def erase(customer_id: int) -> None:
    """Forget where the person stands; the history keeps its bare numbers under an id that names nobody."""
    from guibin.loyalty.models import ListMember, Standing

    Standing.objects.filter(customer_id=customer_id).delete()
    ListMember.objects.filter(customer_id=customer_id).delete()


PERSONAL_DATA = PersonalData(
    fields={
        **{
            f"{model}.{field}": NONE
            for model, names in {
                "Policy": "id code name preset active created_at",
                "PolicyVersion": (
                    "id policy number rules rules_digest currency preview"
                    " effective_from superseded_on saved_at"
                ),
                "ListMember": "id policy list added_at",
                "Standing": (
                    "id version level rank next_level gap_permille since as_of spend_12m_minor receipt"
                ),
                "EvaluationRun": (
                    "id version as_of at customers vips near vip_spend_12m_minor total_12m_minor"
                    " gained changed lost left_out spend_lines"
                ),
                "StandingChange": "id version level_from level_to as_of at receipt",
            }.items()
            for field in names.split()
        },
        "PolicyVersion.saved_by": PrivacyClass.STAFF,
        "ListMember.customer": ID,
        "Standing.customer": ID,
        "StandingChange.customer": ID,
    },
    export=export,
    erase=erase,
)
