import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from guibin.core.keyring import KeyRingMissing, KeyRingUnsafe, create_key_ring, read_key_ring
from guibin.core.models import PersonKey
from guibin.core.sealing import SealBroken, SealKey, blind_index, token, tokens, vault
from guibin.core.sealing.cipher import key_version_of
from guibin.core.sealing.files import SealedReader, SealedWriter, read_sealed, write_sealed

KEY = AESGCM.generate_key(256)


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    key = SealKey(7, KEY)
    assert key.open("customers.name", key.seal("customers.name", text)) == text


def test_a_value_moved_to_another_column_or_person_stays_shut() -> None:
    sealed = SealKey(7, KEY).seal("customers.name", "张伟")
    with pytest.raises(SealBroken):
        SealKey(7, KEY).open("customers.address", sealed)
    with pytest.raises(SealBroken):
        SealKey(8, KEY).open("customers.name", sealed)


def test_every_changed_byte_is_noticed() -> None:
    key = SealKey(7, KEY)
    sealed = key.seal("c", "张伟")
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        if position in {2, 3}:  # the key version is a label; the key itself decides
            assert key_version_of(bytes(broken)) != 1
            continue
        with pytest.raises(SealBroken):
            key.open("c", bytes(broken))


def test_blind_index_is_keyed_by_field_and_stable() -> None:
    assert blind_index("phone", "+8613800138000") == blind_index("phone", "+8613800138000")
    assert blind_index("phone", "x") != blind_index("email", "x")
    assert len(blind_index("phone", "x")) == 16
    assert blind_index("phone", "x")[0] == 1


def test_tokens_are_distinct_sorted_numbers() -> None:
    made = tokens("name", ["张", "伟", "张"])
    assert made == sorted({token("name", "张"), token("name", "伟")})
    assert all(-(2**63) <= number < 2**63 for number in made)


def test_person_keys_are_stored_wrapped_and_destroyed(db: None) -> None:
    keys = vault().create([1, 2])
    sealed = keys[1].seal("c", "张伟")
    row = PersonKey.objects.get(person_id=1)
    assert b"\xe5\xbc\xa0" not in bytes(row.wrapped)
    assert vault().load([1, 2])[1].open("c", sealed) == "张伟"
    vault().destroy(1)
    assert vault().load_one(1) is None


def test_a_wrapped_key_does_not_serve_another_person(db: None) -> None:
    vault().create([1, 2])
    stolen = PersonKey.objects.get(person_id=1).wrapped
    PersonKey.objects.filter(person_id=2).update(wrapped=stolen)
    with pytest.raises(SealBroken):
        vault().load([2])


@pytest.fixture
def sealed_path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "file.sealed"


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_sealed_files_of_every_size_come_back(sealed_path: Path, size: int) -> None:
    data = os.urandom(size)
    write_sealed(sealed_path, data)
    assert read_sealed(sealed_path) == data
    assert SealedReader(sealed_path).readall() == data
    assert sealed_path.stat().st_mode & 0o077 == 0


def test_a_cut_tail_a_swap_and_an_addition_are_noticed(sealed_path: Path) -> None:
    write_sealed(sealed_path, os.urandom(3 << 20))
    whole = sealed_path.read_bytes()
    record = 4 + 12 + (1 << 20) + 16
    head = whole[:23]
    records = [whole[23:][i * record : (i + 1) * record] for i in range(3)]
    for broken in (whole[:-1], head + records[0], head + records[1] + records[0] + records[2], whole + b"x"):
        sealed_path.write_bytes(broken)
        with pytest.raises(SealBroken):
            read_sealed(sealed_path)


def test_a_writer_that_fails_leaves_nothing(sealed_path: Path) -> None:
    def write_half() -> None:
        with SealedWriter(sealed_path) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert list(sealed_path.parent.iterdir()) == []


def test_key_ring_is_made_once_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "keyring.json"
    assert create_key_ring(path)
    first = path.read_bytes()
    assert not create_key_ring(path)
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(read_key_ring(path).epochs[1]) == 32


def test_a_missing_or_open_key_ring_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    with pytest.raises(KeyRingMissing):
        read_key_ring(path)
    create_key_ring(path)
    path.chmod(0o644)
    with pytest.raises(KeyRingUnsafe):
        read_key_ring(path)
