"""Columns find their places: by template, by the fingerprint of an earlier file, or by suggestion."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from guibin.accounts import api as accounts
from guibin.core.errors import constraint_errors
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.integrations.errors import (
    ColumnsMissing,
    KindUnknown,
    TemplateDoesNotFit,
    TemplateNameTaken,
    TemplateUnknown,
)
from guibin.integrations.events import TemplateSaved
from guibin.integrations.mapping.ready import ALIASES, READY
from guibin.integrations.mapping.recognise import said_currency
from guibin.integrations.mapping.styles import decide_style
from guibin.integrations.mapping.suggest import Suggestion, fingerprint, suggest
from guibin.integrations.models import ImportRun, ImportTemplate
from guibin.integrations.operations.fields import fields_of
from guibin.integrations.operations.folder import find_json, read_json
from guibin.integrations.operations.locking import lock_run
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.rules.states import KINDS, MATCH_KEYS, POLICIES


def place_columns(run: ImportRun, found: Mapping[str, Any], *, template: str = "") -> None:
    """Give ``run`` a first mapping. Raises ``TemplateUnknown`` or ``TemplateDoesNotFit``."""
    columns: list[str] = found["columns"]
    if run.options.get("corrects") and _place_alike(run, int(run.options["corrects"]), columns):
        return
    name, given, conventions = _known_mapping(run, columns, template)
    if given is None:
        fields = list(fields_of(run.kind).values())
        suggestions = suggest(run.kind, columns, found["profile"], fields)
    else:
        suggestions = [Suggestion(c, given.get(c, ""), 1.0, "template") for c in columns]
    run.template = name
    run.options = {**run.options, "conventions": conventions}
    run.source = run.source or _source_of(name)
    run.mapping = {"columns": _columns(run.kind, found, suggestions)}
    run.currency = run.currency or said_currency(
        found["profile"], run.mapping["columns"], base=accounts.organisation().base_currency
    )
    run.save(update_fields=["template", "options", "source", "mapping", "kind", "currency"])


def _place_alike(run: ImportRun, corrects: int, columns: Sequence[str]) -> bool:
    """Corrected rows of an import go where its own went; False when nothing is known of it any more."""
    other = ImportRun.objects.filter(pk=corrects).first()
    names = find_json(corrects, "found").get("columns")
    if other is None or not names:
        return False
    placed = dict(zip(names, other.mapping["columns"], strict=True))
    lacking = [name for name, column in placed.items() if column["target"] and name not in columns]
    if lacking:
        raise TemplateDoesNotFit(columns=", ".join(lacking))
    left_out = {"target": "", "style": {}, "style_sure": True, "sure": True, "reason": "unknown"}
    run.mapping = {"columns": [placed.get(name, dict(left_out)) for name in columns]}
    run.kind, run.template, run.source = other.kind, other.template, other.source
    run.policy, run.match_keys, run.currency = other.policy, other.match_keys, other.currency
    run.options = {**run.options, "conventions": other.options.get("conventions", "")}
    run.save()
    return True


def _source_of(template: str) -> str:
    return f"import.{template}"[:40] if template in READY else "import"


def _known_mapping(
    run: ImportRun, columns: Sequence[str], template: str
) -> tuple[str, Mapping[str, str] | None, str]:
    """(template name, column to target, row conventions)."""
    if template:
        return _by_name(run, columns, template)
    print_ = fingerprint(columns)
    for ready in READY.values():
        if print_ == fingerprint(list(ready.mapping)):
            return _ready(run, columns, ready.name)
    saved = ImportTemplate.objects.filter(fingerprint=print_, kind=run.kind).order_by("-id").first()
    if saved is not None:
        return saved.name, saved.mapping, str(saved.options.get("conventions", ""))
    return "", None, ""


def _by_name(run: ImportRun, columns: Sequence[str], template: str) -> tuple[str, Mapping[str, str], str]:
    if template in READY:
        return _ready(run, columns, template)
    saved = ImportTemplate.objects.filter(name=template).first()
    if saved is None:
        raise TemplateUnknown(name=template)
    run.kind = saved.kind
    _require(saved.mapping, columns)
    return saved.name, saved.mapping, str(saved.options.get("conventions", ""))


def _ready(run: ImportRun, columns: Sequence[str], name: str) -> tuple[str, Mapping[str, str], str]:
    ready = READY[name]
    given = {
        column: ready.mapping.get(column, ready.mapping.get(ALIASES.get(column, ""), ""))
        for column in columns
    }
    present = {target for target in given.values() if target}
    lacking = [column for column, target in ready.mapping.items() if target and target not in present]
    if lacking:
        raise TemplateDoesNotFit(columns=", ".join(lacking))
    run.kind = ready.kind
    run.currency = run.currency or ready.currency
    return name, given, name


def _require(mapping: Mapping[str, str], columns: Sequence[str]) -> None:
    have = set(columns)
    lacking = [column for column, target in mapping.items() if target and column not in have]
    if lacking:
        raise TemplateDoesNotFit(columns=", ".join(lacking))


def _columns(kind: str, found: Mapping[str, Any], suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    targets = fields_of(kind)
    chinese = (get_language() or "zh").startswith("zh")
    placed = []
    for position, suggestion in enumerate(suggestions):
        target = targets.get(suggestion.target)
        style = decide_style(target.type, found["profile"][position], chinese=chinese) if target else None
        placed.append(
            {
                "target": target.name if target else "",
                "style": dict(style.data) if style else {},
                "style_sure": style.sure if style else True,
                "sure": suggestion.is_sure,
                "reason": suggestion.reason,
            }
        )
    return placed


def map_columns(
    *,
    run_id: int,
    kind: str = "",
    targets: Mapping[int, str] | None = None,
    styles: Mapping[int, Mapping[str, Any]] | None = None,
    policy: str = "",
    match_keys: Sequence[str] = (),
    source: str = "",
    currency: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Correct where columns (by position) go and how they write their values, then call the run mapped.

    Raises ``ColumnsMissing`` when a required field has no column.
    """
    actor.require(IMPORT_FILES)
    found = read_json(run_id, "found")
    with transaction.atomic():
        run = lock_run(run_id, "mapped")
        if kind and kind != run.kind:
            _change_kind(run, kind, found)
        columns = run.mapping["columns"]
        _assign(run.kind, columns, found, targets or {}, styles or {})
        run.mapping = {"columns": columns}
        run.policy = policy if policy in POLICIES else run.policy
        run.match_keys = (
            [key for key in match_keys if key in MATCH_KEYS] or run.match_keys or _default_keys(columns)
        )
        run.source = source[:40] or run.source
        run.currency = currency.upper() or run.currency
        _check_complete(run.kind, columns)
        run.state, run.outcomes, run.figures, run.cursor, run.rows_done = "mapped", {}, {}, {}, 0
        run.save()


def _change_kind(run: ImportRun, kind: str, found: Mapping[str, Any]) -> None:
    if kind not in KINDS:
        raise KindUnknown(kind=kind, kinds=", ".join(KINDS))
    run.kind = kind
    place_columns(run, found)


def _assign(
    kind: str,
    columns: list[dict[str, Any]],
    found: Mapping[str, Any],
    targets: Mapping[int, str],
    styles: Mapping[int, Mapping[str, Any]],
) -> None:
    known = fields_of(kind)
    for position, name in targets.items():
        if not 0 <= position < len(columns) or (name and name not in known):
            continue
        if columns[position]["target"] != name:
            style = decide_style(known[name].type, found["profile"][position]) if name else None
            columns[position] |= {
                "style": dict(style.data) if style else {},
                "style_sure": style.sure if style else True,
            }
        columns[position] |= {"target": name, "sure": True, "reason": "chosen"}
    for position, style_data in styles.items():
        if 0 <= position < len(columns):
            columns[position]["style"] = {**columns[position]["style"], **style_data}
            columns[position]["style_sure"] = True


def _default_keys(columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """Strongest first; a card counts only where the file has one, as anything else does."""
    given = {column["target"] for column in columns}
    by_key = {
        "number": {"number"},
        "external_id": {"external_id", "customer"},
        "card": {"card", "customer_card"},
        "phone": {"phone", "customer_phone"},
        "email": {"email", "customer_email"},
        "id_number": {"id_number"},
    }
    return [key for key, names in by_key.items() if names & given]


def _check_complete(kind: str, columns: Sequence[Mapping[str, Any]]) -> None:
    lacking = lacking_fields(kind, columns)
    if lacking:
        raise ColumnsMissing(columns=", ".join(lacking))


def lacking_fields(kind: str, columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """The labels of required fields that no column goes to."""
    given = {column["target"] for column in columns}
    lacking = [
        target.label for target in fields_of(kind).values() if target.required and target.name not in given
    ]
    if kind in {"order_lines", "refunds"} and not given & {"unit_price", "amount"}:
        lacking.append(fields_of(kind)["unit_price"].label)
    if kind in {"stores"} and not given & {"code", "name"}:
        lacking.append(fields_of(kind)["name"].label)
    return [str(label) for label in lacking]


def save_template(*, run_id: int, name: str, actor: Actor, at: datetime) -> int:
    """Keep a run's mapping under ``name``; returns the template's id. Raises ``TemplateNameTaken``."""
    actor.require(IMPORT_FILES)
    found = read_json(run_id, "found")
    with transaction.atomic(), constraint_errors({"integrations_template_name_once": TemplateNameTaken()}):
        run = lock_run(run_id)
        if name in READY:
            raise TemplateNameTaken
        names: list[str] = found["columns"]
        template = ImportTemplate.objects.create(
            name=name.strip()[:80],
            kind=run.kind,
            fingerprint=fingerprint(names),
            mapping={
                column: placed["target"] for column, placed in zip(names, run.mapping["columns"], strict=True)
            },
            options={"conventions": run.options.get("conventions", "")},
            created_by=actor.code,
            created_at=at,
        )
        record(
            TemplateSaved(template_id=template.pk),
            subjects=[subject("template", template.pk)],
            actor=actor,
            at=at,
        )
        return template.pk
