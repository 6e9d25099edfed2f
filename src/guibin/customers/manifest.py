"""What customers offers the house."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import Link, Manifest, MenuEntry
from guibin.customers import datasets, events, help, permissions, settings
from guibin.customers.personal_data import PERSONAL_DATA

VIEW, EDIT, MANAGE = permissions.VIEW_CUSTOMER, permissions.EDIT_CUSTOMER, permissions.MANAGE_ATTRIBUTES
LINKS = (
    Link("customers.list", "customers:list", _("Customers"), VIEW, "users", _("people members list")),
    Link("customers.new", "customers:new", _("New customer"), EDIT, "user-plus", _("enter member enrol")),
    Link("customers.pick", "customers:pick", _("Choose a customer"), VIEW),
    Link("customers.edit", "customers:edit", _("Edit a customer"), EDIT, "pencil"),
    Link(
        "customers.merge",
        "customers:merge",
        _("Merge with another"),
        permissions.MERGE_CUSTOMER,
        "arrow-merge",
    ),
    Link("customers.bulk_tag", "customers:bulk_tag", _("Add a tag"), EDIT, "tag"),
    Link("customers.bulk_staff", "customers:bulk_staff", _("Assign a member of staff"), EDIT, "user-heart"),
    Link(
        "customers.requirement_types",
        "customers:requirement_types",
        _("Kinds of requirements"),
        MANAGE,
        "ruler-measure",
        _("sizes allergies bespoke wishes"),
    ),
    Link("customers.tags", "customers:tags", _("Tags"), MANAGE, "tags", _("label group")),
    Link(
        "customers.attributes",
        "customers:attributes",
        _("Customer fields"),
        MANAGE,
        "forms",
        _("own fields sizes"),
    ),
    Link("customers.panel_profile", "customers:panel_profile", _("Profile"), VIEW),
    Link("customers.panel_contacts", "customers:panel_contacts", _("How to reach"), VIEW),
    Link("customers.panel_tags", "customers:panel_tags", _("Tags"), VIEW),
    Link("customers.panel_fields", "customers:panel_fields", _("Own fields"), VIEW),
    Link("customers.panel_relations", "customers:panel_relations", _("Family and company"), VIEW),
    Link("customers.panel_staff", "customers:panel_staff", _("Who looks after them"), VIEW),
    Link("customers.panel_reaching", "customers:panel_reaching", _("How they like to be contacted"), VIEW),
    Link("customers.panel_requirements", "customers:panel_requirements", _("Special requirements"), VIEW),
    Link(
        "customers.pairs",
        "customers:pairs",
        _("Possible duplicates"),
        permissions.MERGE_CUSTOMER,
        "users-group",
        _("same person twice merge double"),
    ),
    Link(
        "customers.told_apart",
        "customers:told_apart",
        _("Never the same"),
        permissions.MERGE_CUSTOMER,
        "users",
    ),
    Link(
        "customers.matching",
        "customers:matching",
        _("Matching rules"),
        MANAGE,
        "adjustments",
        _("identity keys policy"),
    ),
    Link("customers.panel_identity", "customers:panel_identity", _("Identity"), VIEW),
    Link("customers.panel_notes", "customers:panel_notes", _("Notes"), VIEW),
    Link(
        "customers.panel_history", "customers:panel_history", _("What changed"), permissions.REVEAL_CUSTOMER
    ),
)

MANIFEST = Manifest(
    slice="customers",
    permissions=permissions.ALL,
    roles={"owner": permissions.ALL, "manager": permissions.MANAGER, "agent": permissions.AGENT},
    events=events.ALL,
    menu=(MenuEntry(1, 20, "users", _("Customers"), "customers.list", VIEW),),
    links=LINKS,
    help=help.ALL,
    settings=settings.ALL,
    datasets=datasets.ALL,
    personal_data=PERSONAL_DATA,
)
