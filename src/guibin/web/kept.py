"""``{% kept %}…{% endkept %}``: what is the same on a page for one reader, drawn once and kept.

Menu, top bar and help follow from who reads (role, name, place), language, theme and page, and from nothing
else. What changes with every request, the CSRF token and the page's own address, is cut out of what is kept
and put in anew. Nothing personal of customers may stand inside.
"""

import secrets

from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT_MAX = 512
TOKEN, ADDRESS = (secrets.token_hex(16) for _each in range(2))
"""Stand for what changes; random, so that no page can say them."""


class KeptNode(Node):
    """Keeps the pieces between what changes, by reader and page."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._pieces: dict[object, list[str]] = {}

    def render(self, context: Context) -> SafeString:
        key = (
            get_language(),
            context["shell"].reader,
            context.get("page_key"),
            context.get("menu_key"),
        )
        pieces = self._pieces.get(key)
        if pieces is None:
            pieces = self._draw(context)
            if len(self._pieces) >= KEPT_MAX:
                self._pieces.clear()
            self._pieces[key] = pieces
        if len(pieces) == 1:
            return SafeString(pieces[0])
        changing = {TOKEN: str(context["csrf_token"]), ADDRESS: escape(context["here"])}
        return SafeString("".join([changing.get(piece, piece) for piece in pieces]))

    def _draw(self, context: Context) -> list[str]:
        """What is kept, each thing that changes a piece of its own."""
        with context.push(csrf_token=TOKEN, here=ADDRESS):
            pieces = [str(self.nodelist.render(context))]
        for mark in (TOKEN, ADDRESS):
            pieces = [cut for piece in pieces for cut in _cut(piece, mark)]
        return pieces


def _cut(text: str, mark: str) -> list[str]:
    found: list[str] = []
    for part in text.split(mark):
        found += [part, mark]
    return found[:-1]


def compile_kept(parser: Parser, _token: Token) -> KeptNode:
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist)
