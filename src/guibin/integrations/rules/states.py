"""The life of an import run."""

STATES = (
    "uploaded",  # the file is here
    "checked",  # encoding, headings and columns are known
    "mapped",  # every column has its place
    "dry_run",  # rows are typed, counted and staged; nothing is written
    "running",
    "done",
    "cancelled",
    "failed",
    "undoing",
    "undone",
)
READING = ("uploaded", "checked", "mapped")  # on the way to the dry run
KINDS = ("customers", "order_lines", "orders", "products", "refunds", "stores", "staff", "cards")
POLICIES = ("skip", "fill", "overwrite")
MATCH_KEYS = ("number", "external_id", "card", "phone", "email", "id_number")

NEXT = {
    "uploaded": frozenset({"checked", "failed", "cancelled"}),
    "checked": frozenset({"checked", "mapped", "failed", "cancelled"}),
    "mapped": frozenset({"checked", "mapped", "dry_run", "failed", "cancelled"}),
    "dry_run": frozenset({"checked", "mapped", "dry_run", "running", "failed", "cancelled"}),
    "running": frozenset({"running", "done", "failed", "cancelled"}),
    "failed": frozenset({"checked", "mapped", "running", "undoing"}),
    "cancelled": frozenset({"checked", "mapped", "running", "undoing"}),
    "done": frozenset({"undoing"}),
    "undoing": frozenset({"undoing", "undone"}),
    "undone": frozenset[str](),
}


def may_become(current: str, wanted: str) -> bool:
    """Whether a run in ``current`` may go to ``wanted``."""
    return wanted in NEXT.get(current, frozenset())


def is_over(state: str) -> bool:
    return state in {"done", "undone"}
