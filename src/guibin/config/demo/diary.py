"""What the demo remembers of itself: the instant it was made for and its sign-ins, in one private file.

An interrupted demo goes on where it stopped, because the same instant gives the same shop and every import
knows what is already there.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

WORDS = [
    "songyan",
    "yuebai",
    "daiqing",
    "mianmian",
    "huzhou",
    "longjing",
    "yunqi",
    "baicha",
    "qinghe",
    "wulin",
    "shanlan",
    "xiping",
]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A play account: role, sign-in name, password."""

    role: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Diary:
    """When the demo was made and how one signs in; `done` once everything is loaded."""

    made_at: datetime
    sign_ins: tuple[SignIn, ...]
    done: bool = False


def diary_path() -> Path:
    """Where the diary lies, under the product's home."""
    return Path(os.environ["GUIBIN_HOME"]) / "demo.json"


def read_diary() -> Diary | None:
    """The diary, if there is one."""
    path = diary_path()
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Diary(
        made_at=datetime.fromisoformat(kept["made_at"]),
        sign_ins=tuple(SignIn(**one) for one in kept["sign_ins"]),
        done=kept["done"],
    )


def open_diary(now: datetime) -> Diary:
    """The diary of the demo under way, or a fresh one with new passwords."""
    diary = read_diary()
    if diary is None:
        names = ("owner", "manager", "agent")
        diary = Diary(now, tuple(SignIn(name, name, make_password()) for name in names))
        write_diary(diary)
    return diary


def close_diary(diary: Diary) -> Diary:
    """Note that everything is loaded."""
    done = replace(diary, done=True)
    write_diary(done)
    return done


def write_diary(diary: Diary) -> None:
    """Replace the file in one step; only its owner may read it."""
    kept = {
        "made_at": diary.made_at.isoformat(),
        "sign_ins": [asdict(one) for one in diary.sign_ins],
        "done": diary.done,
    }
    path = diary_path()
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False, indent=1)
    fresh.replace(path)


def make_password() -> str:
    """A password easy to type and hard to guess: two words and six digits, chosen at random."""
    words = "-".join(secrets.choice(WORDS) for _ in range(2))
    return f"{words}-{secrets.randbelow(10**6):06d}"
