"""What staff may be allowed to do with customers."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_CUSTOMER = Permission(
    "customers.view_customer",
    _("See customers"),
    _("Find customers and read their profile, with phone, e-mail and address masked."),
)
EDIT_CUSTOMER = Permission(
    "customers.edit_customer",
    _("Create and edit customers"),
    _("Enter new customers, correct their data, add contact points, tags and notes."),
)
ARCHIVE_CUSTOMER = Permission(
    "customers.archive_customer",
    _("Archive customers"),
    _("Put customers away who no longer take part, and bring them back."),
)
REVEAL_CUSTOMER = Permission(
    "customers.reveal_customer",
    _("See unmasked personal data"),
    _("Show full phone numbers, e-mail and street addresses, giving a reason; each time is recorded."),
)
EXPORT_CUSTOMER = Permission(
    "customers.export_customer",
    _("Export customers"),
    _("Download the list of customers as a file."),
)
IMPORT_CUSTOMER = Permission(
    "customers.import_customer",
    _("Import customers"),
    _("Write many customers from a file, and take an import back."),
)
MANAGE_ATTRIBUTES = Permission(
    "customers.manage_attributes",
    _("Manage customer fields and tags"),
    _("Define the organisation's own customer fields, and rename or archive tags."),
)
ERASE_CUSTOMER = Permission(
    "customers.erase_customer",
    _("Erase personal data"),
    _("Destroy a person's data for good, at their request."),
)
MERGE_CUSTOMER = Permission(
    "customers.merge_customer",
    _("Merge customers"),
    _("Decide that two customers are one person, or that they never are, and take a merge back."),
)

ALL = (
    VIEW_CUSTOMER,
    EDIT_CUSTOMER,
    ARCHIVE_CUSTOMER,
    REVEAL_CUSTOMER,
    EXPORT_CUSTOMER,
    IMPORT_CUSTOMER,
    MANAGE_ATTRIBUTES,
    ERASE_CUSTOMER,
    MERGE_CUSTOMER,
)
MANAGER = tuple(permission for permission in ALL if permission is not ERASE_CUSTOMER)
AGENT = (VIEW_CUSTOMER, EDIT_CUSTOMER, REVEAL_CUSTOMER)
