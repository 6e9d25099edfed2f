"""What is kept in memory of who is signed in."""

from guibin.accounts import sessions
from guibin.accounts.models import Staff


def test_no_password_hash_stays_in_memory() -> None:
    stored = "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA"
    expected = Staff(password=stored, session_epoch=3).get_session_auth_hash()
    assert sessions._hash(stored, 3) == expected
    assert sessions._hash(stored, 3) == expected, "from memory"
    assert sessions._hash(stored, 4) != expected
    assert not hasattr(sessions._hash, "cache_info")  # its keys would be the arguments themselves
    assert expected in sessions._hashes.values()
    assert stored not in repr(sessions._hashes)
    assert {len(key) for key in sessions._hashes} == {32}
