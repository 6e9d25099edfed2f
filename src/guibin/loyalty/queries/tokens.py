"""The token of a preview: proof that somebody looked at what exactly these rules would do."""

from collections.abc import Mapping
from typing import Any

from django.core import signing

from guibin.loyalty.errors import PreviewNeeded
from guibin.loyalty.rules.tree import Rules, digest

SALT = "guibin.loyalty.preview"
TOKEN_LIFE_SECONDS = 24 * 60 * 60


def make_token(rules: Rules, said: Mapping[str, Any]) -> str:
    """Signed: these rules, and what their preview said."""
    return signing.dumps({"rules": digest(rules), **said}, salt=SALT)


def read_token(token: str, rules: Rules) -> Mapping[str, Any]:
    """What the preview of exactly these rules said. Raises `PreviewNeeded`."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT, max_age=TOKEN_LIFE_SECONDS)
    except signing.BadSignature as error:
        raise PreviewNeeded from error
    if said.pop("rules") != digest(rules):
        raise PreviewNeeded
    return said
