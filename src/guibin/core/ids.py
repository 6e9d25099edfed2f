"""Typed ids: plain integers at run time, told apart by mypy."""

from typing import NewType

CustomerId = NewType("CustomerId", int)
StaffId = NewType("StaffId", int)
StoreId = NewType("StoreId", int)
DepartmentId = NewType("DepartmentId", int)
RoleId = NewType("RoleId", int)
ApiKeyId = NewType("ApiKeyId", int)
TagId = NewType("TagId", int)
CategoryId = NewType("CategoryId", int)
BrandId = NewType("BrandId", int)
ProductId = NewType("ProductId", int)
OrderId = NewType("OrderId", int)
OrderLineId = NewType("OrderLineId", int)
RefundId = NewType("RefundId", int)
ImportId = NewType("ImportId", int)
TemplateId = NewType("TemplateId", int)
PolicyId = NewType("PolicyId", int)
PolicyVersionId = NewType("PolicyVersionId", int)
EventId = NewType("EventId", int)
