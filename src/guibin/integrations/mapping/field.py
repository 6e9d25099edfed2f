"""One field a column can go to: its name, its cells' type, and the headings people give it."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from guibin.integrations.files.dialect import normalise_heading

CellType = Literal[
    "text",
    "code",
    "number",
    "quantity",
    "price",
    "date",
    "instant",
    "bool",
    "gender",
    "birthday",
    "tags",
    "phone",
    "email",
    "wechat",
    "id_number",
    "words",
    "status",
    "currency",
    "contact_kind",
    "own_text",
    "own_number",
    "own_date",
    "choice",
    "yes_no",
]
OWN = "own:"  # starts the name of a field that an administrator defined
SYSTEM = "id:"  # starts the name of a field for the number another system gives a customer


@dataclass(frozen=True, slots=True)
class Target:
    """``sensitive`` values are masked on screen; ``offered`` False: known, but not taken unless picked.

    ``choices`` are (word in small letters, code) of a field with fixed values.
    """

    name: str
    type: CellType
    label: str | Promise
    words: tuple[str, ...]
    required: bool = False
    sensitive: bool = False
    offered: bool = True
    repeatable: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def heading_words(text: str) -> tuple[str, ...]:
    return tuple(normalise_heading(word) for word in text.split("|"))


def make_field(
    name: str,
    type_: CellType,
    label: str | Promise,
    words: str,
    *,
    required: bool = False,
    sensitive: bool = False,
    offered: bool = True,
    repeatable: bool = False,
) -> Target:
    return Target(name, type_, label, heading_words(words), required, sensitive, offered, repeatable)
