"""Person keys: made, loaded in batches, destroyed."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from guibin.core.keyring import KEY_BYTES, KeyRing, keyring
from guibin.core.models import PersonKey
from guibin.core.sealing import cipher


class SealKey:
    """One person's data key, ready to seal and open that person's fields."""

    __slots__ = ("_cipher", "_person")

    def __init__(self, person_id: int, key: bytes) -> None:
        self._person = str(person_id).encode()
        self._cipher = AESGCM(key)

    def seal(self, column: str, text: str) -> bytes:
        """``text`` sealed for ``column`` (``customers.name``) of this person."""
        return cipher.seal(self._cipher, plain=text.encode(), context=self._context(column), key_version=1)

    def open(self, column: str, sealed: bytes | memoryview) -> str:
        """Raises ``SealBroken``."""
        return cipher.open_sealed(self._cipher, sealed=bytes(sealed), context=self._context(column)).decode()

    def open_or_none(self, column: str, sealed: bytes | memoryview | None) -> str | None:
        return None if sealed is None else self.open(column, sealed)

    def _context(self, column: str) -> bytes:
        return column.encode() + b"|" + self._person


PersonKeys = Mapping[int, SealKey]


class Vault:
    """Wraps and unwraps person keys with the epoch keys of the key ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._wrappers = {epoch: AESGCM(key) for epoch, key in ring.epochs.items()}

    def create(self, person_ids: Iterable[int]) -> PersonKeys:
        """New keys for new people, stored wrapped with one COPY in the caller's transaction."""
        made: dict[int, SealKey] = {}
        epoch = self._ring.epoch
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY core_personkey (person_id, epoch, wrapped) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int8", "int2", "bytea"])
            for person_id in person_ids:
                key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
                copy.write_row((person_id, epoch, self._wrap(person_id, epoch, key)))
                made[person_id] = SealKey(person_id, key)
        return made

    def load(self, person_ids: Iterable[int]) -> PersonKeys:
        """Keys of these people in one query. A person without a key (erased) is absent."""
        rows = PersonKey.objects.filter(person_id__in=list(person_ids)).values_list(
            "person_id", "epoch", "wrapped"
        )
        return {
            person: SealKey(person, self.unwrap(person, epoch, bytes(wrapped)))
            for person, epoch, wrapped in rows
        }

    def load_one(self, person_id: int) -> SealKey | None:
        return self.load([person_id]).get(person_id)

    def destroy(self, person_id: int) -> None:
        """Erase: what was sealed under this key can never be opened again in the live system."""
        PersonKey.objects.filter(person_id=person_id).delete()

    def unwrap(self, person_id: int, epoch: int, wrapped: bytes) -> bytes:
        """The plain data key of a person, for batch readers that fetched the row themselves."""
        return cipher.open_sealed(
            self._wrappers[epoch], sealed=wrapped, context=b"person-key|" + str(person_id).encode()
        )

    def seal_key(self, person_id: int, epoch: int, wrapped: bytes) -> SealKey:
        """A ready key from a row the caller fetched in its own statement."""
        return SealKey(person_id, self.unwrap(person_id, epoch, wrapped))

    def _wrap(self, person_id: int, epoch: int, key: bytes) -> bytes:
        context = b"person-key|" + str(person_id).encode()
        return cipher.seal(self._wrappers[epoch], plain=key, context=context, key_version=epoch)


@lru_cache(maxsize=1)
def vault() -> Vault:
    """The vault over the installed key ring."""
    return Vault(keyring())
