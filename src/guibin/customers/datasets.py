"""What insight may copy of customers: no names, no contact values, nothing that names anybody."""

from guibin.core.manifest import Column, Dataset

CUSTOMERS = Dataset(
    name="customers",
    table="customers_customer",
    key="customer_id",
    columns=(
        Column("customer_id", "int64", "t.id"),
        Column("number", "string", "t.number"),
        Column("status", "string", "t.status"),
        Column("joined_on", "date32", "t.joined_on"),
        Column("joined_store_id", "int64", "t.joined_store_id"),
        Column("gender", "string", "t.gender"),
        Column("birth_month", "int64", "t.birth_month::bigint"),
        Column("birth_day", "int64", "t.birth_day::bigint"),
        Column("age_band", "string", "t.age_band"),
        Column("city", "string", "t.city"),
    ),
)
ALIASES = Dataset(
    name="aliases",
    table="customers_customeralias",
    key="alias_id",
    columns=(
        Column("alias_id", "int64", "t.id"),
        Column("customer_id", "int64", "t.customer_id"),
        Column("into_id", "int64", "t.into_id"),
    ),
)
ALL = (CUSTOMERS, ALIASES)
