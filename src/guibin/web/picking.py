"""A field in which a customer is looked for and chosen: name, pinyin, digits of a phone, or number.

``{% pick bound chosen=picks %}`` draws it for a form field, ``{% pick name="numbers" label=… many=True %}``
by itself. The field holds numbers (several parted by spaces). It asks the address of the link ``LINK`` with
POST ``q`` for ``web/components/pick_options.html``. Without JavaScript it is the number's text field.
"""

from dataclasses import dataclass
from typing import Any

from guibin.web.links import link_url

LINK = "customers.pick"


@dataclass(frozen=True, slots=True)
class Pick:
    """Somebody to choose, or chosen: ``number`` is what the field will hold, the rest is for reading."""

    number: str
    title: str
    note: str = ""


def pick_parts(values: dict[str, Any]) -> dict[str, Any]:
    """What the template needs, from a bound field or from plain arguments."""
    bound = values["field"]
    if bound is not None:
        values |= {
            "name": bound.html_name,
            "id": bound.id_for_label,
            "label": values["label"] or bound.label,
            "hint": values["hint"] or bound.help_text,
            "errors": bound.errors,
            "value": bound.value() or "",
            "optional": not bound.field.required,
        }
    else:
        numbers = " ".join(one.number for one in values["chosen"] or ())
        values |= {"id": f"pick-{values['id'] or values['name']}", "value": numbers}
    return {**values, "url": values["url"] or link_url(LINK)}
