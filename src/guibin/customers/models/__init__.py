"""The tables of this slice."""

from guibin.customers.models.identity import CustomerAlias, KeyPolicy, MatchPair, Merge
from guibin.customers.models.people import (
    AttributeDefinition,
    AttributeValue,
    ContactPoint,
    Customer,
    CustomerTag,
    ExternalId,
    FieldChange,
    Note,
    NumberCounter,
    SearchToken,
    Tag,
)

__all__ = [
    "AttributeDefinition",
    "AttributeValue",
    "ContactPoint",
    "Customer",
    "CustomerAlias",
    "CustomerTag",
    "ExternalId",
    "FieldChange",
    "KeyPolicy",
    "MatchPair",
    "Merge",
    "Note",
    "NumberCounter",
    "SearchToken",
    "Tag",
]
