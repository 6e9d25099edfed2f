"""Privacy classes of insight's tables. Facts are numbers about an id; erasure removes the row."""

from collections.abc import Mapping

from guibin.core.privacy import PersonalData, PrivacyClass
from guibin.insight.models import CustomerFacts


def export(customer_id: int) -> Mapping[str, object]:
    """The published facts of one customer."""
    row = CustomerFacts.objects.filter(customer_id=customer_id).first()
    return {} if row is None else {"facts": row.facts}


def erase(customer_id: int) -> None:
    """Remove the published facts; the next refresh counts only what purchases still hold."""
    CustomerFacts.objects.filter(customer_id=customer_id).delete()


PERSONAL_DATA = PersonalData(
    fields={
        **dict.fromkeys(
            [
                "Refresh.id",
                "Refresh.version",
                "Refresh.as_of",
                "Refresh.engine",
                "Refresh.mode",
                "Refresh.customers",
                "Refresh.orders",
                "Refresh.orders_anonymous",
                "Refresh.changed",
                "Refresh.digest",
                "Refresh.judging",
                "Refresh.counting",
                "Refresh.started_at",
                "Refresh.finished_at",
                "CustomerFacts.checksum",
            ],
            PrivacyClass.NONE,
        ),
        "CustomerFacts.customer_id": PrivacyClass.ID,
        **dict.fromkeys(
            [
                "CustomerFacts.began_on",
                "CustomerFacts.stage",
                "CustomerFacts.r_score",
                "CustomerFacts.f_score",
                "CustomerFacts.m_score",
                "CustomerFacts.facts",
            ],
            PrivacyClass.COARSE,
        ),
    },
    export=export,
    erase=erase,
)
