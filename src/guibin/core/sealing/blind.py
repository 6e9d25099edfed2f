"""Finding sealed values: keyed blind indexes for whole values, keyed tokens for pieces.

Both are HMAC-SHA-256 under keys derived per field (HKDF, RFC 5869) from the index key, which lies
outside the database. Equal values show as equal, and tokens leak frequencies: an accepted cost.
"""

from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guibin.core.keyring import keyring

INDEX_BYTES = 16
TOKEN_BYTES = 8


@lru_cache(maxsize=256)
def _keyed(purpose: str, version: int) -> HMAC:
    """An HMAC that has taken its key and nothing else: each value goes through a copy of it."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        keyring().indexes[version]
    )
    return HMAC(derived, SHA256())


def _digest(purpose: str, version: int, text: str) -> bytes:
    keyed = _keyed(purpose, version).copy()
    keyed.update(text.encode())
    return keyed.finalize()


def blind_index(field: str, value: str) -> bytes:
    """16 bytes: the index key's version, then 15 bytes of HMAC over the normalised ``value``."""
    version = keyring().index_version
    return bytes([version]) + _digest(f"index|{field}", version, value)[: INDEX_BYTES - 1]


def token(field: str, piece: str) -> int:
    """A signed 64-bit number that stands for ``piece`` in token columns."""
    digest = _digest(f"token|{field}", keyring().index_version, piece)
    return int.from_bytes(digest[:TOKEN_BYTES], "big", signed=True)


def tokens(field: str, pieces: Iterable[str]) -> list[int]:
    """Tokens of distinct ``pieces``, sorted, so that their order tells nothing."""
    return sorted({token(field, piece) for piece in pieces})
