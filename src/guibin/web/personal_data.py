"""Privacy classes. Saved views hold no words about customers: those never enter a query. Kept answers may:
they are sealed, and dropped when anybody is erased."""

from collections.abc import Mapping

from guibin.core.privacy import PersonalData, PrivacyClass


def export(customer_id: int) -> Mapping[str, object]:
    """Nothing: kept answers repeat for some days what customers and purchases export."""
    return {}


def erase(customer_id: int) -> None:
    """All kept answers are dropped: none says whom it names."""
    from guibin.web.once import forget_answers

    forget_answers()


PERSONAL_DATA = PersonalData(
    fields={
        "SavedView.id": PrivacyClass.NONE,
        "SavedView.staff_id": PrivacyClass.STAFF,
        "SavedView.list_name": PrivacyClass.NONE,
        "SavedView.name": PrivacyClass.STAFF,
        "SavedView.query": PrivacyClass.NONE,
        "SavedView.created_at": PrivacyClass.STAFF,
        "KeptAnswer.id": PrivacyClass.NONE,
        "KeptAnswer.actor": PrivacyClass.STAFF,
        "KeptAnswer.key": PrivacyClass.NONE,
        "KeptAnswer.request_index": PrivacyClass.INDEX,
        "KeptAnswer.status": PrivacyClass.NONE,
        "KeptAnswer.content_type": PrivacyClass.NONE,
        "KeptAnswer.body": PrivacyClass.SEALED,
        "KeptAnswer.kept_at": PrivacyClass.NONE,
        "RequestCount.actor": PrivacyClass.STAFF,
        "RequestCount.minute": PrivacyClass.NONE,
        "RequestCount.used": PrivacyClass.NONE,
        "RequestCount.given": PrivacyClass.NONE,
    },
    export=export,
    erase=erase,
)
