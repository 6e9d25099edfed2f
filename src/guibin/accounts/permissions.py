"""What one may do with the house's own people and places."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

USE_ACCOUNT = Permission(
    "accounts.use_account", _("Own account"), _("Sign in, and change own language, look and password.")
)
VIEW_STAFF = Permission(
    "accounts.view_staff", _("See staff"), _("See who works here, with role, store and contact details.")
)
MANAGE_STAFF = Permission(
    "accounts.manage_staff",
    _("Manage staff"),
    _("Invite staff, change their role and store, hand out sign-in links, switch accounts off and on."),
)
VIEW_STORES = Permission("accounts.view_stores", _("See stores"), _("See stores and departments."))
MANAGE_STORES = Permission(
    "accounts.manage_stores", _("Manage stores"), _("Add, change and close stores and departments.")
)
VIEW_ROLES = Permission("accounts.view_roles", _("See roles"), _("See what each role may do."))
MANAGE_KEYS = Permission(
    "accounts.manage_keys",
    _("Manage API keys"),
    _("Create and withdraw keys with which programs read and write."),
)
MANAGE_ORGANISATION = Permission(
    "accounts.manage_organisation",
    _("Change settings"),
    _("Change the shop's name, currency, time zone, and every number the rules work with."),
)

ALL = (
    USE_ACCOUNT,
    VIEW_STAFF,
    MANAGE_STAFF,
    VIEW_STORES,
    MANAGE_STORES,
    VIEW_ROLES,
    MANAGE_KEYS,
    MANAGE_ORGANISATION,
)
MANAGER = (USE_ACCOUNT, VIEW_STAFF, MANAGE_STAFF, VIEW_STORES, MANAGE_STORES, VIEW_ROLES)
AGENT = (USE_ACCOUNT, VIEW_STORES)
