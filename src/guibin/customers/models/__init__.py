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
from guibin.customers.models.relations import (
    ContactPreference,
    Relation,
    Requirement,
    RequirementType,
    StaffLink,
)

__all__ = [
    "AttributeDefinition",
    "AttributeValue",
    "ContactPoint",
    "ContactPreference",
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
    "Relation",
    "Requirement",
    "RequirementType",
    "SearchToken",
    "StaffLink",
    "Tag",
]
