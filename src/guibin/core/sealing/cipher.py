"""One ciphertext layout: format, cipher id, key version, nonce, sealed bytes.

Cipher 1 is AES-256-GCM. The cipher id is in each value so that another (SM4-GCM) can be added
without touching what is sealed already.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from guibin.core.errors import DomainError

FORMAT = 1
AES_256_GCM = 1
HEADER = struct.Struct(">BBH")
NONCE_BYTES = 12


class SealBroken(DomainError):
    """The value was changed, moved to another place, or belongs to another key."""

    code = "core.seal_broken"
    message = _("A sealed value could not be opened. It may have been damaged or moved.")
    status = 500


def seal(cipher: AESGCM, *, plain: bytes, context: bytes, key_version: int) -> bytes:
    """``plain`` sealed; ``context`` binds it to its place (column and person)."""
    nonce = os.urandom(NONCE_BYTES)
    return HEADER.pack(FORMAT, AES_256_GCM, key_version) + nonce + cipher.encrypt(nonce, plain, context)


def open_sealed(cipher: AESGCM, *, sealed: bytes, context: bytes) -> bytes:
    """Raises ``SealBroken``."""
    start = HEADER.size + NONCE_BYTES
    try:
        if HEADER.unpack_from(sealed)[:2] != (FORMAT, AES_256_GCM):
            raise SealBroken
        return cipher.decrypt(sealed[HEADER.size : start], sealed[start:], context)
    except (InvalidTag, struct.error) as error:
        raise SealBroken from error


def key_version_of(sealed: bytes) -> int:
    """The key version a value was sealed under. Raises ``SealBroken``."""
    try:
        return int(HEADER.unpack_from(sealed)[2])
    except struct.error as error:
        raise SealBroken from error
