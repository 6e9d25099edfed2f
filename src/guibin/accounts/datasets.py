"""What insight may copy: stores."""

from guibin.core.manifest import Column, Dataset

STORES = Dataset(
    name="stores",
    table="accounts_store",
    columns=(
        Column("store_id", "int64", "t.id"),
        Column("code", "string", "t.code"),
        Column("name", "string", "t.name"),
    ),
    key="store_id",
)
ALL = (STORES,)
