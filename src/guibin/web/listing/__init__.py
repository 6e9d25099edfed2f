"""The list kit: what a list shows, how it is filtered, and how it is drawn and exported. See README."""

from guibin.web.listing.page import render_list
from guibin.web.listing.spec import BulkAction, Column, Empty, Filter, ListSpec, RowAction
from guibin.web.listing.state import DayRange, ListState, NumberRange

__all__ = [
    "BulkAction",
    "Column",
    "DayRange",
    "Empty",
    "Filter",
    "ListSpec",
    "ListState",
    "NumberRange",
    "RowAction",
    "render_list",
]
