"""The fields of a kind of file as this organisation has them: the product's own, and those it added."""

from guibin.customers import api as customers
from guibin.integrations.files.dialect import normalise_heading
from guibin.integrations.mapping.field import OWN, CellType, Target
from guibin.integrations.mapping.targets import targets_of

OWN_TYPES: dict[str, CellType] = {
    "text": "own_text",
    "number": "own_number",
    "date": "own_date",
    "choice": "choice",
    "yes_no": "yes_no",
}


def fields_of(kind: str) -> dict[str, Target]:
    """``targets_of``, and for customers the fields an administrator defined, found by their labels."""
    found = targets_of(kind)
    if kind == "customers":
        for attribute in customers.list_attributes():
            field = _field(attribute)
            found[field.name] = field
    return found


def _field(attribute: customers.Attribute) -> Target:
    words = (attribute.label_zh, attribute.label_en, attribute.code)
    return Target(
        name=f"{OWN}{attribute.code}",
        type=OWN_TYPES[attribute.kind],
        label=customers.attribute_label(attribute),
        words=tuple(dict.fromkeys(normalise_heading(word) for word in words if word)),
        sensitive=attribute.privacy == "sensitive",
        choices=tuple(
            (word.strip().lower(), code)
            for code, zh, en in attribute.choices
            for word in (code, zh, en)
            if word
        ),
    )
