"""What the pages of bad rows show: each row with its bad cells to type anew, and who was met twice."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations import api
from guibin.integrations.findings import is_hidden, mask_sample
from guibin.integrations.wording import bare_code, reason_words
from guibin.web.links import link_url

ROWS_EACH = 20
NO_MISTAKE = frozenset({"duplicate"})  # nothing of the row need be wrong
EMPTIED = "-"
SAME_SHOWN = PREVIEWED = 8


def column_label(name: str) -> str:
    """A column's heading; ``#3`` is the third of a file without headings."""
    return _("Column %(number)s") % {"number": name[1:]} if name.startswith("#") else name


def rows_context(run: api.RunView, *, number: int) -> dict[str, Any]:
    """One page of bad rows, ready to be typed into."""
    bad = api.list_bad_rows(run.id, number=number, size=ROWS_EACH)
    columns = _columns(run)
    return {
        "page": Page([], bad.total, number, ROWS_EACH),
        "total": bad.total,
        "has_hidden": any(column["hidden"] for column in columns),
        "rows": [_row(row, columns) for row in bad.rows],
    }


def _columns(run: api.RunView) -> list[dict[str, Any]]:
    """The file's columns; of those that are ``hidden`` a page holds masked values only."""
    found, targets = api.found_of(run.id), api.fields_of(run.kind)
    columns = []
    for place, (name, profile, column) in enumerate(
        zip(found["columns"], found["profile"], run.mapping["columns"], strict=True)
    ):
        sensitive = column["target"] in targets and targets[column["target"]].sensitive
        columns.append({
            "place": place, "label": column_label(name), "profile": profile, "target": column["target"],
            "sensitive": sensitive, "hidden": is_hidden(profile, sensitive=sensitive),
        })  # fmt: skip
    return columns


def _row(row: api.BadRow, columns: list[dict[str, Any]]) -> dict[str, Any]:
    reasons = {place: reason_words(code) for place, code in row.faults if place is not None}
    cells = [
        column
        | {
            "name": f"cell-{row.number}-{column['place']}",
            "value": "" if column["hidden"] else row.cells[column["place"]],
            "reason": reasons.get(column["place"], ""),
            "shown": mask_sample(
                row.cells[column["place"]], column["profile"], sensitive=column["sensitive"]
            ),
        }
        for column in columns
    ]
    used = [cell for cell in cells if cell["target"] or cell["reason"]]
    return {
        "number": row.number,
        "whole": [reason_words(code) for place, code in row.faults if place is None],
        "bad": [cell for cell in used if cell["reason"]],
        "others": [cell for cell in used if not cell["reason"]],
        "is_open": any(place is None and bare_code(code) not in NO_MISTAKE for place, code in row.faults),
    }


def preview(run: api.RunView) -> list[dict[str, Any]]:
    """The first bad rows with their bad cells, or their first cells where the whole row is at fault."""
    if run.files_gone:
        return []
    context = rows_context(run, number=1)
    return [
        {
            "number": row["number"],
            "cells": row["bad"] or [cell for cell in row["others"] if cell["shown"]][:3],
            "words": [cell["reason"] for cell in row["bad"]] or row["whole"],
        }
        for row in context["rows"][:PREVIEWED]
    ]


def changed_cells(run: api.RunView, posted: Mapping[str, Any], *, number: int) -> dict[int, dict[int, str]]:
    """Row to column to text of the cells of a page that were typed anew. A hidden cell stands empty on the
    page: nothing typed leaves it as it is, ``EMPTIED`` empties it."""
    hidden = {column["place"] for column in _columns(run) if column["hidden"]}
    changed: dict[int, dict[int, str]] = {}
    for row in api.list_bad_rows(run.id, number=number, size=ROWS_EACH).rows:
        for place, text in enumerate(row.cells):
            typed = posted.get(f"cell-{row.number}-{place}")
            if place in hidden:
                typed = {"": None, EMPTIED: ""}.get(str(typed or "").strip(), typed)
            if typed is not None and str(typed) != text:
                changed.setdefault(row.number, {})[place] = str(typed)
    return changed


def met_twice(run: api.RunView, *, actor: Actor) -> list[dict[str, Any]]:
    """Some rows whose person another row, or the customer list, knows already."""
    if run.files_gone or run.state != "dry_run":
        return []
    same = api.find_json(run.id, "samples").get("same", [])
    pairs = [pair for pair in same if pair["other"] is not None or pair["customer"] is not None]
    chosen = [pair for pair in pairs if pair["customer"] is None][:SAME_SHOWN]
    chosen += [pair for pair in pairs if pair["customer"] is not None][:SAME_SHOWN]
    ids = [pair["customer"] for pair in chosen if pair["customer"] is not None]
    cards = customers.get_cards(ids, actor=actor)
    return [_pair(pair, cards, actor) for pair in chosen]


def _pair(pair: Mapping[str, Any], cards: Mapping[int, customers.Card], actor: Actor) -> dict[str, Any]:
    card = cards.get(pair["customer"]) if pair["customer"] is not None else None
    return {
        "row": pair["row"],
        "other": pair["other"],
        "name": card.name or card.number if card else _("a customer of another store"),
        "number": card.number if card else "",
        "url": link_url("customers.profile", actor=actor, number=card.number) if card else "",
        "by": key_words(pair["by"]),
    }


def key_words(key: str) -> str:
    """What a customer was found by."""
    return {
        "number": _("by number"),
        "external": _("by number"),
        "external_id": _("by number"),
        "card": _("by card"),
        "phone": _("by phone"),
        "email": _("by e-mail"),
        "id_number": _("by ID number"),
    }.get(key, "")
