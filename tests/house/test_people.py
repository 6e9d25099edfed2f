"""Queries by customer are over a person: a row keeps the id it was born with, and a person may have several.

Whoever narrows rows by a customer's id asks ``customers`` for all ids of the person (``group``, ``groups``)
or for the one that stands for them (``resolve``), or stands below with where its ids come from.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import PACKAGE, product_python

KEY_BY_KEY = "a person is exported and erased key by key, and customers asks once for every id"
CALLER = "takes all ids of a person from who calls it, and says so"
DECIDED = "standings and facts are kept under the id that stands for the person alone"
RAW = "is about the id a row was born with, whoever stands for it"
WAREHOUSE = "reads the copied aliases itself"
NARROWED = {
    "insight/facts/counting.py:AFFECTED": WAREHOUSE,
    "insight/facts/counting.py:MEMBERS": WAREHOUSE,
    "insight/facts/publishing.py:_judge": DECIDED,
    "insight/facts/publishing.py:publish": DECIDED,
    "insight/parts.py:facts_part": DECIDED,
    "insight/personal_data.py:erase": KEY_BY_KEY,
    "insight/personal_data.py:export": KEY_BY_KEY,
    "insight/queries/behaviour.py:CATEGORIES": WAREHOUSE,
    "insight/queries/published.py:get_published_facts": DECIDED,
    "loyalty/operations/evaluation.py:evaluate": DECIDED,
    "loyalty/operations/live.py:evaluate_some": DECIDED,
    "loyalty/operations/standings.py:forget_standings": RAW,
    "loyalty/operations/standings.py:read_current": DECIDED,
    "loyalty/personal_data.py:erase": KEY_BY_KEY,
    "loyalty/personal_data.py:export": KEY_BY_KEY,
    "loyalty/queries/parts.py:standing_part": DECIDED,
    "loyalty/queries/standing.py:_filtered": DECIDED,
    "loyalty/queries/standing.py:find_standings": DECIDED,
    "purchases/operations/matching.py:CANDIDATES": CALLER,
    "purchases/personal_data.py:erase": KEY_BY_KEY,
    "purchases/queries/activity.py:find_last_bought": RAW,
    "purchases/queries/customers.py:count_orders_of": RAW,
    "purchases/queries/customers.py:customers_with_orders": RAW,
    "purchases/queries/customers.py:list_orders_of": CALLER,
    "purchases/queries/customers.py:list_refunds_of": CALLER,
    "purchases/queries/customers.py:purchases_of": RAW,
    "purchases/queries/orders.py:_conditions": CALLER,
    "purchases/queries/orders.py:list_refunds": CALLER,
    "purchases/queries/parts.py:recent_part": CALLER,
}
ASKING = {"group", "groups", "resolve", "list_merged"}
QUERYING = {"filter", "exclude", "get", "get_or_create", "update_or_create"}
NAMED = {f"customer{part}{end}" for part in ("", "_id") for end in ("", "__in")}
SQL = re.compile(r"\bcustomer_id\s*(=|<>|\bIN\b)|USING \(customer_id\)", re.I)


def places(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every function, class attribute or module-level name of a file, by name."""
    for node in ast.parse(path.read_text()).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for each in inner:
            if isinstance(each, ast.FunctionDef):
                yield each.name, each
            elif isinstance(each, ast.Assign | ast.AnnAssign):
                target = each.targets[0] if isinstance(each, ast.Assign) else each.target
                yield ast.unparse(target), each


def narrows(place: ast.AST) -> bool:
    """Whether rows are looked up by a customer's id here."""
    return any(map(_by_keyword, ast.walk(place))) or any(map(_by_text, ast.walk(place)))


def _by_keyword(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in QUERYING and any(keyword.arg in NAMED for keyword in node.keywords)


def _by_text(node: ast.AST) -> bool:
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return text == "customer_id__in" or SQL.search(text) is not None


def asks(place: ast.AST) -> bool:
    """Whether it asks which ids are one person."""
    called = (node.func for node in ast.walk(place) if isinstance(node, ast.Call))
    return any(
        isinstance(func, ast.Attribute)
        and func.attr in ASKING
        and isinstance(func.value, ast.Name)
        and func.value.id == "customers"
        for func in called
    )


def found() -> dict[str, bool]:
    """Where rows are narrowed by customer, and whether it is asked there who that is."""
    return {
        f"{path.relative_to(PACKAGE)}:{name}": asks(place)
        for path in product_python()
        if path.relative_to(PACKAGE).parts[0] not in {"customers", "core"}
        for name, place in places(path)
        if narrows(place)
    }


def test_every_query_by_customer_is_over_a_person_or_says_why_not() -> None:
    assert sorted(place for place, asked in found().items() if not asked and place not in NARROWED) == []


def test_what_is_excused_is_there() -> None:
    assert sorted(NARROWED.keys() - found().keys()) == []


def test_the_search_finds_what_it_looks_for() -> None:
    sample = """
def one(ids):
    return Order.objects.filter(customer_id__in=ids)
def other(ids):
    return Order.objects.filter(customer_id__in=customers.group(ids))
def third(ids):
    return fetch("SELECT 1 FROM purchases_order WHERE customer_id = ANY(%s)", ids)
def fourth(ids):
    return Order.objects.filter(store_id__in=ids)
"""
    bodies = {node.name: node for node in ast.parse(sample).body if isinstance(node, ast.FunctionDef)}
    assert {name for name, node in bodies.items() if narrows(node)} == {"one", "other", "third"}
    assert {name for name, node in bodies.items() if asks(node)} == {"other"}
