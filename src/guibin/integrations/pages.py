"""What the import pages show, put together from the door's values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guibin.accounts import api as accounts
from guibin.core import jobs
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations import api
from guibin.integrations.errors import told
from guibin.integrations.findings import (
    ENCODING_WORDS,
    currency_findings,
    lacking_findings,
    list_findings,
    mask_sample,
)
from guibin.integrations.mending import column_label
from guibin.integrations.wording import reason_words
from guibin.purchases import api as purchases
from guibin.web import formats
from guibin.web.links import link_url

SAMPLES = 2
SUMS = ("amount_before_exclusions", "rounding_difference", "amount_imported")
HIDDEN = frozenset({"phone", "email", "wechat", "id_number"})
CARDS = frozenset({"card", "customer_card", "address", "note"})
DATE_ORDERS = (("ymd", "2024-05-03"), ("mdy", "05/03/2024"), ("dmy", "03/05/2024"))


def title_of(run: api.RunView) -> str:
    """The file's name while it is kept, else kind and number."""
    name = "" if run.files_gone else api.find_json(run.id, "about").get("file_name", "")
    return name or _("Import %(id)s") % {"id": run.id}


def amount_words(text: str | None) -> str:
    """An amount as read from the file, its digits grouped and none of them rounded away."""
    return formats.exact(Decimal(text)) if text else ""


def steps(run: api.RunView) -> list[tuple[str, str, str]]:
    """The five steps of the head of the page."""
    order = ["uploaded", "checked", "mapped", "dry_run", "running"]
    place = {
        "uploaded": 1,
        "checked": 2,
        "mapped": 3,
        "dry_run": 3,
        "running": 4,
        "done": 5,
        "undone": 5,
        "undoing": 5,
    }
    now = place.get(run.state, 4 if run.started_at else (3 if run.rows_total else 1))
    rows = formats.number(run.rows_total or 0)
    notes = [
        _size(run.file_bytes),
        _("%(rows)s rows") % {"rows": rows}
        if run.rows_total
        else (_("not possible") if run.state in {"failed", "cancelled"} else _("reading")),
        _("which column is what"),
        _("only counts"),
        _("can be undone"),
    ]
    names = [_("Choose file"), _("Check-up"), _("Map columns"), _("Dry run"), _("Import")]
    states = ["done" if i < now else ("now" if i == now else "") for i in range(len(order))]
    return list(zip(names, notes, states, strict=True))


def _size(count: int) -> str:
    if count < 1_048_576:
        return formats.number(-(-count // 1024)) + " KB"
    return formats.number(count / 1_048_576, 1) + " MB"


def job_of(run: api.RunView) -> dict[str, Any] | None:
    """Progress of the step that is queued or running, for the job component."""
    if run.job_id is None:
        return None
    progress = jobs.get_progress(run.job_id)
    if progress.state == "done":
        return None
    total = progress.total or run.rows_total
    texts = {
        "integrations.check": _("Reading the file"),
        "integrations.prepare": _("Reading the file"),
        "integrations.stage": _("Checking every row"),
        "integrations.run": _("Importing"),
        "integrations.undo": _("Taking the import back"),
    }
    done = run.rows_done if progress.kind == "integrations.run" else progress.done
    text = texts.get(progress.kind, "")
    if total and done:
        text = _("%(what)s: %(done)s of %(total)s rows") % {
            "what": text,
            "done": formats.number(done),
            "total": formats.number(total),
        }
    states = {"queued": "waiting", "running": "running", "failed": "failed", "cancelled": "cancelled"}
    return {
        "done": done,
        "total": total,
        "text": text,
        "left": "",
        "state": states[progress.state],
        "is_over": progress.is_over,
        "cancel_url": reverse("integrations:cancel", args=[run.id]),
        "sentence": why_stopped(run, progress) if progress.state == "failed" else "",
    }


def why_stopped(run: api.RunView, progress: jobs.Progress | None) -> str:
    """Why a step did not come to its end, in the reader's own language."""
    if progress is not None and progress.error_code and progress.error_code != "integrations.file_refused":
        return told(progress.error_code, progress.result.get("data", {})) or _("That did not work.")
    return told(run.error_code, run.error_data) or run.error_code


def columns_of(run: api.RunView, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the mapping table."""
    targets = api.fields_of(run.kind)
    listed = []
    for place, (name, profile, column) in enumerate(
        zip(found["columns"], found["profile"], run.mapping["columns"], strict=True)
    ):
        target = targets.get(column["target"])
        sensitive = bool((target and target.type in HIDDEN) or column["target"] in CARDS)
        asks = bool(column["target"]) and not (column["sure"] and column["style_sure"])
        samples = [mask_sample(s, profile, sensitive=sensitive) for s in profile["samples"][:SAMPLES]]
        listed.append(
            {
                "place": place,
                "name": column_label(name),
                "samples": samples,
                "target": column["target"],
                "asks": asks,
                "state": "ask" if asks else ("" if column["target"] else "skip"),
                "note": _note(column, profile),
                "order": column["style"].get("order") if not column["style_sure"] else None,
                "mark": column["style"].get("mark") if not column["style_sure"] else None,
                "bad": bool(profile["exponents"]) and bool(column["target"]),
            }
        )
    return listed


def _note(column: dict[str, Any], profile: dict[str, Any]) -> str:
    if not column["target"]:
        return {"unneeded": _("not needed, so not taken"), "unknown": _("not used")}.get(
            column["reason"], _("not used")
        )
    if profile["exponents"]:
        return _("%(count)s values lost their digits") % {"count": formats.number(profile["exponents"])}
    if not column["style_sure"]:
        return _("written in more than one way")
    if column["reason"] == "content" or column["reason"] == "part_of_name":
        return _("guessed from content") if column["reason"] == "content" else _("guessed from the name")
    if profile["empty"]:
        share = profile["empty"] / max(1, profile["empty"] + profile["filled"])
        return _("%(share)s empty") % {"share": formats.percent(share)}
    return ""


def mapping_context(run: api.RunView) -> dict[str, Any]:
    found = api.found_of(run.id)
    if not found:
        return {"columns": [], "findings": [], "found": {}}
    columns = columns_of(run, found)
    ask = sum(1 for column in columns if column["asks"])
    skipped = sum(1 for column in columns if not column["target"])
    sub = _("%(rows)s rows. %(known)s columns recognised, %(ask)s to confirm, %(skipped)s not imported.") % {
        "rows": formats.number(run.rows_total or 0),
        "known": len(columns) - ask - skipped,
        "ask": ask,
        "skipped": skipped,
    }
    title = ngettext(
        "Place this %(count)s column, and you will see your VIPs",
        "Place these %(count)s columns, and you will see your VIPs",
        len(columns),
    ) % {"count": len(columns)}
    return {
        "columns": columns,
        "ask": ask,
        "sub": sub,
        "map_title": title,
        "found": found,
        "targets": list(api.fields_of(run.kind).values()),
        "findings": [
            *lacking_findings(api.lacking_fields(run.kind, run.mapping["columns"])),
            *list_findings(found, list(run.mapping["columns"])),
            *currency_findings(run, found),
        ],
        "encoding": ENCODING_WORDS.get(found.get("encoding", ""), found.get("encoding", "")),
        "kinds": [(kind, label) for kind, label in api.KIND_LABELS.items()],
        "orders": DATE_ORDERS,
        "has_amounts": run.kind in {"order_lines", "orders", "refunds", "products"},
        "has_source": run.kind in {"customers", "order_lines", "orders", "refunds"},
        "has_people": run.kind in {"customers", "cards", "order_lines", "orders"},
    }


GOOD = ("imported", "sale", "person", "thing", "updated", "known")


def outcome_rows(run: api.RunView) -> list[dict[str, Any]]:
    """Every outcome with its rows and its exact sum, largest first; they add up to all rows."""
    sums = run.figures.get("sums", {})
    rows = [
        {
            "code": code,
            "words": reason_words("person" if code == "imported" and run.state == "dry_run" else code),
            "rows": count,
            "amount": sums.get(code),
            "kind": _kind(code),
            "people": run.kind in {"customers", "cards"},
        }
        for code, count in run.outcomes.items()
    ]
    order = {"good": 0, "info": 1, "": 2, "bad": 3}
    return sorted(rows, key=lambda row: (order[row["kind"]], -row["rows"]))


def _kind(code: str) -> str:
    if code.startswith(GOOD):
        return "good"
    if code.startswith("refund"):
        return "info"
    if code.startswith(("rejected_", "refused_", "conflict")):
        return "bad"
    return ""


def result_context(run: api.RunView) -> dict[str, Any]:
    rows = [row | {"amount_words": amount_words(row.get("amount"))} for row in outcome_rows(run)]
    taken = sum(row["rows"] for row in rows if row["kind"] in {"good", "info"})
    bad = sum(row["rows"] for row in rows if row["kind"] == "bad")
    figures = run.figures
    return {
        "rows": rows,
        "counts": _counts(run, rows),
        "people": _people(run),
        "noted": figures.get("rows_without_customer", 0) if run.state == "dry_run" else 0,
        "to_fix": bad + sum(row["rows"] for row in rows if row["code"] == "duplicate"),
        "bad": bad,
        "taken": taken,
        "total_words": amount_words(run.figures.get("amount_before_exclusions")),
        "first_on": date.fromisoformat(figures["first_on"]) if figures.get("first_on") else None,
        "money": {key: amount_words(run.reconciliation.get(key)) for key in SUMS}
        if run.reconciliation.get("amount_before_exclusions") not in (None, "0.00")
        else None,
        "excluded": [
            (reason_words(code), amount_words(amount))
            for code, amount in run.reconciliation.get("excluded", {}).items()
        ],
        "paid_otherwise": figures.get("orders_paid_otherwise", 0),
        "parcels_refused": figures.get("parcels_without_customer", 0),
        "repeated": figures.get("repeated_rows", 0),
        "has_amounts": run.kind not in {"customers", "cards", "stores", "staff", "products"},
        "earlier": api.find_earlier(run.file_digest, but=run.id),
    }


Count = tuple[str, str, str, str, str]


def _counts(run: api.RunView, rows: list[dict[str, Any]]) -> list[Count]:
    """A few figures at a glance, of the very rows of the table: they add up to all rows of the file."""
    is_dry = run.state == "dry_run"
    sums = Counter[str]()
    for row in rows:
        sums[_group(row)] += row["rows"]
    shown = not run.files_gone
    fix = reverse("integrations:rows", args=[run.id]) if shown else ""
    kinds = [
        ("new", _("New customers") if is_dry else _("Imported"), ""),
        ("taken", _("To be imported") if is_dry else _("Imported"), ""),
        ("known", _("Known already"), ""),
        ("twice", _("The same person twice"), fix),
        ("bad", _("Cannot be imported"), fix),
        ("rest", _("Left out or unchanged"), ""),
    ]
    always = {"new", "known", "bad"} if run.kind in {"customers", "cards"} else {"taken", "bad", "rest"}
    return [
        (
            label,
            formats.number(sums[group]),
            url if sums[group] else "",
            _("rows"),
            "bad" * (group == "bad" and bool(sums[group])),
        )
        for group, label, url in kinds
        if sums[group] or group in always
    ]


def _people(run: api.RunView) -> list[tuple[str, ...]]:
    """Who the purchases belong to, what came of them, and which of the new customers were known before."""
    figures = run.figures
    pairs = [
        (_("Orders"), figures.get("orders_new" if run.state == "dry_run" else "orders_created")),
        (_("Payments"), figures.get("payments")),
        (_("New customers"), figures.get("customers_new")),
        (_("Known customers"), figures.get("customers_known")),
    ]
    return [(label, formats.number(count)) for label, count in pairs if count] + _recognised(run)


def _recognised(run: api.RunView) -> list[tuple[str, ...]]:
    """New customers who turned out to be people known already, and those somebody should look at."""
    if run.state != "done":
        return []
    joined, waiting = customers.count_import_matches(run.id)
    found: list[tuple[str, ...]] = []
    if joined:
        found.append((_("Recognised as people you know"), formats.number(joined)))
    if waiting:
        url = link_url("customers.pairs")
        found.append((_("Possible duplicates"), formats.number(waiting), url and f"{url}?import={run.id}"))
    return found


def _group(row: Mapping[str, Any]) -> str:
    """Under which figure a line of the table is counted."""
    if row["code"] == "duplicate":
        return "twice"
    if row["code"] in {"known", "updated", "skipped_known"} or (row["code"] == "unchanged" and row["people"]):
        return "known"
    if row["kind"] in {"good", "info"}:
        return "new" if row["people"] else "taken"
    return "bad" if row["kind"] == "bad" else "rest"


def thing_words(what: str) -> str:
    words = {
        "orders": _("Orders"),
        "order": _("Order"),
        "lines": _("Order lines"),
        "refunds": _("Refunds"),
        "products": _("Products"),
        "product": _("Product"),
        "customers": _("Customers"),
        "customer": _("Customer"),
        "customers_restored": _("Customers given back their earlier values"),
        "stores": _("Stores"),
        "store": _("Store"),
        "staff": _("Staff"),
    }
    return words.get(what, what)


KEPT_SHOWN = 50


def kept_items(kept: Sequence[tuple[str, int, str]], *, actor: Actor) -> list[dict[str, str]]:
    """What an undo keeps, by the numbers people know, with where it can be looked at."""
    shown = kept[:KEPT_SHOWN]

    sees_all = actor.store_ids is None

    def ids(what: str) -> list[int]:
        return [item_id for kind, item_id, _why in shown if kind == what]

    numbers = {
        ("customer", pk): number
        for pk, number in customers.find_numbers(ids("customer"), actor=actor).items()
    }
    orders = purchases.orders_by_id(ids("order"), actor=actor)
    numbers |= {("order", pk): order.number for pk, order in orders.items()}
    numbers |= {("product", pk): row.sku for pk, row in purchases.products_by_id(ids("product")).items()}
    numbers |= {
        ("store", store.id): store.name
        for store in accounts.list_stores()
        if store.id in ids("store") and (sees_all or store.id in (actor.store_ids or ()))
    }
    return [
        {
            "what": thing_words(what),
            "number": numbers.get((what, item_id)) or (str(item_id) if sees_all else _("of another store")),
            "url": _kept_url(what, item_id, numbers[what, item_id], actor)
            if (what, item_id) in numbers
            else "",
            "why": kept_words(why),
        }
        for what, item_id, why in shown
    ]


def _kept_url(what: str, item_id: int, number: str, actor: Actor) -> str:
    if what == "customer":
        return link_url("customers.profile", actor=actor, number=number)
    if what == "order":
        return link_url("purchases.order", actor=actor, order_id=item_id)
    return link_url("purchases.product", actor=actor, product_id=item_id) if what == "product" else ""


def kept_words(reason: str) -> str:
    words = {
        "has_refunds": _("refunds came after it"),
        "has_payments": _("payments came after it"),
        "was_changed": _("it was changed by hand"),
        "has_other_lines": _("another import added to it"),
        "in_use": _("others use it"),
        "depended_on": _("purchases belong to it"),
        "changed_later": _("it was changed later"),
        "used_later": _("something came to it later"),
    }
    return words.get(reason.rpartition(".")[2], reason)
