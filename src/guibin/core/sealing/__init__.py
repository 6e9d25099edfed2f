"""Sealed personal data: keys outside the database, one data key per person.

``vault()`` seals and opens a person's fields; ``blind_index`` and ``token`` make sealed values
findable; ``files`` seals whole files. Erasing a person destroys the key row.
"""

from guibin.core.keyring import KeyRing, KeyRingMissing, keyring
from guibin.core.sealing.blind import blind_index, token, tokens
from guibin.core.sealing.cipher import SealBroken
from guibin.core.sealing.persons import PersonKeys, SealKey, vault

__all__ = [
    "KeyRing",
    "KeyRingMissing",
    "PersonKeys",
    "SealBroken",
    "SealKey",
    "blind_index",
    "keyring",
    "token",
    "tokens",
    "vault",
]
