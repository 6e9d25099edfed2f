"""Sealed files: uploads, staged rows, error workbooks and exports rest encrypted outside the database.

Layout: magic, key version, 16-byte file id, then records of (length, nonce, ciphertext). Each record is
bound to the file id, its position and whether it is the last, so that cutting, swapping or
appending is noticed.
"""

import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guibin.core.keyring import keyring
from guibin.core.sealing.cipher import NONCE_BYTES, SealBroken

MAGIC = b"GBSF\x01"
HEADER = struct.Struct(">5sH16s")
RECORD = struct.Struct(">I")
CHUNK_BYTES = 1 << 20
LAST = 1 << 31


def _cipher(version: int, file_id: bytes) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=file_id, info=b"sealed-file").derive(
        keyring().files[version]
    )
    return AESGCM(derived)


def _context(file_id: bytes, position: int, last: bool) -> bytes:  # noqa: FBT001 - positional in one place only
    return file_id + struct.pack(">Q?", position, last)


class SealedWriter(io.RawIOBase):
    """A binary file that is sealed as it is written and appears under its name only when closed well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(path.name + f".{os.getpid()}.part")
        self._id = os.urandom(16)
        version = keyring().file_version
        self._cipher = _cipher(version, self._id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._position = 0
        self._buffer = bytearray()
        self._file.write(HEADER.pack(MAGIC, version, self._id))

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._buffer += piece
        while len(self._buffer) > CHUNK_BYTES:
            self._record(bytes(self._buffer[:CHUNK_BYTES]), last=False)
            del self._buffer[:CHUNK_BYTES]
        return len(piece)

    def _record(self, plain: bytes, *, last: bool) -> None:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain, _context(self._id, self._position, last))
        self._file.write(RECORD.pack(len(sealed) | (LAST if last else 0)) + nonce + sealed)
        self._position += 1

    def close(self) -> None:
        if self.closed:
            return
        self._record(bytes(self._buffer), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self._path)
        super().close()

    def discard(self) -> None:
        """Give up: nothing appears under the name."""
        if self.closed:
            return
        self._file.close()
        self._temporary.unlink(missing_ok=True)
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def read_chunks(path: Path) -> Iterator[bytes]:
    """The plain content in order. Raises ``SealBroken`` on any change, also a missing tail."""
    with path.open("rb") as file:
        magic, version, file_id = HEADER.unpack(_exactly(file, HEADER.size))
        if magic != MAGIC:
            raise SealBroken
        opener = _cipher(version, file_id)
        position, last = 0, False
        while not last:
            (length,) = RECORD.unpack(_exactly(file, RECORD.size))
            last, length = bool(length & LAST), length & ~LAST
            nonce, sealed = _exactly(file, NONCE_BYTES), _exactly(file, length)
            try:
                yield opener.decrypt(nonce, sealed, _context(file_id, position, last))
            except InvalidTag as error:
                raise SealBroken from error
            position += 1
        if file.read(1):
            raise SealBroken


def _exactly(file: io.BufferedReader, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise SealBroken
    return data


class SealedReader(io.RawIOBase):
    """A sealed file as a readable, forward-only binary stream (wrap in ``io.BufferedReader``)."""

    def __init__(self, path: Path) -> None:
        self._chunks = read_chunks(path)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # any writable buffer
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def write_sealed(path: Path, data: bytes) -> None:
    """A small file in one go."""
    with SealedWriter(path) as file:
        file.write(data)


def read_sealed(path: Path) -> bytes:
    """Raises ``SealBroken``."""
    return b"".join(read_chunks(path))
