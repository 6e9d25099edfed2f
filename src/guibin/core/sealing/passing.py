"""Sealed values that belong to no one person and are kept for a while only: answers given to programs."""

from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guibin.core.keyring import keyring
from guibin.core.sealing import cipher


@lru_cache(maxsize=8)
def _cipher(version: int) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"passing").derive(keyring().files[version])
    return AESGCM(derived)


def seal_passing(place: str, plain: bytes) -> bytes:
    """``plain`` sealed for ``place``: it opens nowhere else."""
    version = keyring().file_version
    return cipher.seal(_cipher(version), plain=plain, context=place.encode(), key_version=version)


def open_passing(place: str, sealed: bytes | memoryview) -> bytes:
    """Raises ``SealBroken``."""
    value = bytes(sealed)
    version = cipher.key_version_of(value)
    if version not in keyring().files:
        raise cipher.SealBroken
    return cipher.open_sealed(_cipher(version), sealed=value, context=place.encode())
