"""How component tags work: ``{% panel "Title" %}{% part "actions" %}…{% endpart %}…{% endpanel %}``.

Each component is a template in ``web/components``, or a function of ``web.drawn`` where pages use it by the
dozen; what it accepts is declared here, and anything else is a
syntax error when the page is compiled, not an empty place on screen.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import get_template
from django.utils.safestring import SafeString

PARTS = "_gb_parts"
PASSED_ON = ("request", "csrf_token", "shell")
KEYWORD = re.compile(r"^([a-z_]+)=(.+)$", re.DOTALL)
Prepare = Callable[[dict[str, Any]], dict[str, Any]]
Draw = Callable[..., SafeString]


@dataclass(frozen=True, slots=True)
class Component:
    """``arguments`` in positional order; a ``block`` also has a body and named parts (``body``, ``part``).
    ``draw`` takes all of them by name and stands for the template."""

    name: str
    arguments: tuple[str, ...]
    block: bool = False
    prepare: Prepare | None = None
    draw: Draw | None = None

    @property
    def template(self) -> str:
        return f"web/components/{self.name}.html"


class PartNode(Node):
    """Hands its content to the component around it."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        parts = context.get(PARTS)
        if parts is None:
            raise TemplateSyntaxError(f"part {self.name!r} stands outside a component")
        parts[self.name] = SafeString(self.nodelist.render(context).strip())
        return SafeString("")


class ComponentNode(Node):
    """Renders a component's template with its arguments, body and parts, and nothing else of the page."""

    def __init__(
        self, component: Component, arguments: Mapping[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.component, self.arguments, self.nodelist = component, arguments, nodelist

    def render(self, context: Context) -> SafeString:
        values: dict[str, Any] = dict.fromkeys(self.component.arguments)
        values |= {name: expression.resolve(context) for name, expression in self.arguments.items()}
        if self.component.block:
            parts: dict[str, str] = {}
            with context.push(**{PARTS: parts}):
                values["body"] = self.nodelist.render(context)
            values["part"] = parts
        if self.component.draw is not None:
            return self.component.draw(**values)
        if self.component.prepare is not None:
            values = self.component.prepare(values)
        values |= {name: context[name] for name in PASSED_ON if name in context}
        # Django's own inclusion tags render this way: the backend's template has the engine's one inside.
        return get_template(self.component.template).template.render(context.new(values))  # type: ignore[attr-defined,no-any-return]


def register_component(library: Library, component: Component) -> None:
    """Make ``component`` a tag of ``library``."""

    def compile_tag(parser: Parser, token: Token) -> ComponentNode:
        arguments = _arguments(component, parser, token.split_contents()[1:])
        nodelist = NodeList()
        if component.block:
            nodelist = parser.parse((f"end{component.name}",))
            parser.delete_first_token()
        return ComponentNode(component, arguments, nodelist)

    library.tag(component.name, compile_tag)


def _arguments(component: Component, parser: Parser, bits: list[str]) -> dict[str, FilterExpression]:
    found: dict[str, FilterExpression] = {}
    positional = iter(component.arguments)
    for bit in bits:
        keyword = KEYWORD.match(bit)
        name = keyword[1] if keyword else next(positional, "")
        if name not in component.arguments or name in found:
            raise TemplateSyntaxError(
                f"{component.name}: {bit} is not one of {', '.join(component.arguments)}"
            )
        found[name] = parser.compile_filter(keyword[2] if keyword else bit)
    return found


def compile_part(parser: Parser, token: Token) -> PartNode:
    """``{% part "actions" %}…{% endpart %}``."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise TemplateSyntaxError("part takes one name")
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    return PartNode(bits[1].strip("\"'"), nodelist)
