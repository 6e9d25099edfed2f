"""Privacy classes: every model field of every slice declares one in ``personal_data.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PrivacyClass(StrEnum):
    """How personal a column is, and so what may happen to it."""

    NONE = "none"  # says nothing about a person
    ID = "id"  # an opaque number that points at a person
    SEALED = "sealed"  # ciphertext under the person's own key
    INDEX = "index"  # keyed blind index or token: deleted on erasure
    COARSE = "coarse"  # too blurred to name anybody; nulled on erasure
    STAFF = "staff"  # about an employee, not a customer
    SECRET = "secret"  # a credential or its hash  # noqa: S105 - the name of a class, no secret


Exporter = Callable[[int], Mapping[str, object]]
Eraser = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """``fields`` maps ``"ModelName.field"`` to its class; export and erase take a customer id."""

    fields: Mapping[str, PrivacyClass] = field(default_factory=dict)
    export: Exporter | None = None
    erase: Eraser | None = None


def by_field(classes: Mapping[str, Mapping[PrivacyClass, str]]) -> dict[str, PrivacyClass]:
    """``{"Model": {class: "names of fields"}}`` as ``{"Model.field": class}``."""
    return {
        f"{model}.{name}": kind
        for model, kinds in classes.items()
        for kind, names in kinds.items()
        for name in names.split()
    }
