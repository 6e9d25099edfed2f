"""Privacy classes of saved views. They hold no words about customers: those never enter a query."""

from guibin.core.privacy import PersonalData, PrivacyClass

PERSONAL_DATA = PersonalData(
    fields={
        "SavedView.id": PrivacyClass.NONE,
        "SavedView.staff_id": PrivacyClass.STAFF,
        "SavedView.list_name": PrivacyClass.NONE,
        "SavedView.name": PrivacyClass.STAFF,
        "SavedView.query": PrivacyClass.NONE,
        "SavedView.created_at": PrivacyClass.STAFF,
    }
)
