"""The datasets that the slices declare, and the query of each."""

from guibin.core.manifest import Dataset, manifests
from guibin.insight.errors import DatasetMissing


def all_datasets() -> dict[str, Dataset]:
    """Every declared dataset by name."""
    return {dataset.name: dataset for manifest in manifests() for dataset in manifest.datasets}


def required(datasets: dict[str, Dataset], *names: str) -> None:
    """Raises ``DatasetMissing`` for the first name nobody declares."""
    for name in names:
        if name not in datasets:
            raise DatasetMissing(dataset=name)


def select_statement(dataset: Dataset, *, since: int | None = None, where: str = "") -> str:
    """The query of a dataset; all its parts are declared in code, none comes from a request."""
    columns = ", ".join(f'{column.sql} AS "{column.name}"' for column in dataset.columns)
    conditions = [f"t.changed_xid >= '{since:d}'::xid8"] if since is not None else []
    conditions += [where] if where else []
    tail = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {columns} FROM {dataset.source or dataset.table + ' t'}{tail}"
