"""What accounts offers the house."""

from django.utils.translation import gettext_lazy as _

from guibin.accounts import datasets, events, help, permissions, settings
from guibin.accounts.personal_data import PERSONAL_DATA
from guibin.core.manifest import Link, Manifest

LINKS = (
    Link("accounts.sign_in", "account_login", _("Sign in")),
    Link("accounts.sign_out", "account_logout", _("Sign out")),
    Link(
        "accounts.me",
        "accounts:me",
        _("My account"),
        permissions.USE_ACCOUNT,
        "user-circle",
        _("language password theme dark"),
    ),
    Link("accounts.staff", "accounts:staff", _("Staff"), permissions.VIEW_STAFF, "users-group", _("people")),
    Link("accounts.staff_member", "accounts:staff_member", _("Account"), permissions.VIEW_STAFF),
    Link(
        "accounts.invite",
        "accounts:invite",
        _("Invite somebody"),
        permissions.MANAGE_STAFF,
        "user-plus",
        _("new staff account link"),
    ),
    Link(
        "accounts.stores",
        "accounts:stores",
        _("Stores and departments"),
        permissions.VIEW_STORES,
        "building-store",
        _("shop branch"),
    ),
    Link(
        "accounts.organisation",
        "accounts:organisation",
        _("The shop"),
        permissions.MANAGE_ORGANISATION,
        "building",
        _("organisation currency time zone name"),
    ),
    Link(
        "accounts.numbers",
        "accounts:numbers",
        _("Numbers of the rules"),
        permissions.MANAGE_ORGANISATION,
        "adjustments",
        _("settings thresholds defaults"),
    ),
    Link(
        "accounts.roles",
        "accounts:roles",
        _("Roles"),
        permissions.VIEW_ROLES,
        "shield-check",
        _("permissions"),
    ),
    Link(
        "accounts.keys",
        "accounts:keys",
        _("API keys"),
        permissions.MANAGE_KEYS,
        "key",
        _("program interface"),
    ),
)

MANIFEST = Manifest(
    slice="accounts",
    permissions=permissions.ALL,
    roles={"manager": permissions.MANAGER, "agent": permissions.AGENT},
    events=events.ALL,
    links=LINKS,
    help=help.ALL,
    settings=settings.ALL,
    datasets=datasets.ALL,
    personal_data=PERSONAL_DATA,
)
