"""Privacy classes of the import clinic. Content of files lies in sealed files and is gone after days."""

from guibin.core.privacy import PersonalData, PrivacyClass
from guibin.integrations.models import ImportRun, ImportTemplate

_STAFF = {"ImportRun.actor", "ImportTemplate.created_by"}

PERSONAL_DATA = PersonalData(
    fields={
        name: PrivacyClass.STAFF if name in _STAFF else PrivacyClass.NONE
        for model in (ImportRun, ImportTemplate)
        for name in (f"{model.__name__}.{field.name}" for field in model._meta.concrete_fields)  # noqa: SLF001 - Django's documented API
    }
)
