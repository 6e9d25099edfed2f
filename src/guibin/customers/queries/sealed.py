"""Opening what is sealed, and the indexes by which it is found."""

from collections.abc import Iterable
from functools import lru_cache

from guibin.core.sealing import SealKey, blind_index, token
from guibin.customers.models import Customer
from guibin.customers.rules.finding import name_pieces
from guibin.customers.rules.profile import Texts, unpack_details

# The place a value is sealed for; it opens nowhere else.
NAME = "customers.name"
LATIN_NAME = "customers.latin_name"
DETAILS = "customers.details"
ID_NUMBER = "customers.id_number"
CONTACT = "customers.contact"
EXTERNAL = "customers.external"
ATTRIBUTE = "customers.attribute"
NOTE = "customers.note"
HISTORY = "customers.history"
RELATION = "customers.relation"
REQUIREMENT = "customers.requirement"


def open_texts(row: Customer, key: SealKey | None) -> Texts:
    """All profile fields of a customer as texts; of an erased person (no key) only what is plain."""
    texts = {
        "kind": row.kind,
        "gender": row.gender,
        "province": row.province,
        "city": row.city,
        "joined_on": row.joined_on.isoformat() if row.joined_on else "",
        "joined_store_id": str(row.joined_store_id) if row.joined_store_id else "",
    }
    if key is not None:
        texts["name"] = key.open_or_none(NAME, row.name_sealed) or ""
        texts["latin_name"] = key.open_or_none(LATIN_NAME, row.latin_name_sealed) or ""
        texts["id_number"] = key.open_or_none(ID_NUMBER, row.id_number_sealed) or ""
        texts |= unpack_details(key.open_or_none(DETAILS, row.details_sealed))
    return texts


# Whoever brings people in asks for the index of a value twice: to find its owner, and to write it. The caches
# hold what one part of a file asks for, and no more.
@lru_cache(maxsize=16384)
def contact_index(kind: str, value: str) -> bytes:
    """How a canonical contact value is found."""
    return blind_index(f"customers.{kind}", value)


@lru_cache(maxsize=16384)
def external_index(value: str) -> bytes:
    """How an id of another system is found (with its source beside it)."""
    return blind_index("customers.external", value)


def id_number_index(value: str) -> bytes:
    return blind_index("customers.id_number", value)


@lru_cache(maxsize=16384)
def name_token(piece: str) -> int:
    """The token of one piece of a name. Few pieces are common, so they are remembered."""
    return token("customers.name", piece)


def name_tokens(*names: str) -> list[int]:
    """The tokens a person with these names is found by, sorted so that their order tells nothing."""
    return sorted({name_token(piece) for name in names if name for piece in name_pieces(name)})


def phone_tokens(phones: Iterable[str]) -> list[int]:
    """Tokens of last four digits."""
    return sorted({last_four_token(phone[-4:]) for phone in phones})


@lru_cache(maxsize=16384)
def last_four_token(digits: str) -> int:
    return token("customers.last_four", digits)
