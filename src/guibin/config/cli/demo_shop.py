"""Calls the demo shop's maker, with its progress on the terminal."""

from collections.abc import Callable

from guibin.core.errors import Text


def make_shop(say: Callable[[Text], None]) -> list[tuple[str, str, str]]:
    """Make the demo shop unless it is there; returns (role, sign-in name, password) of its staff."""
    from guibin.config.demo.shop import make

    return list(make(say))
