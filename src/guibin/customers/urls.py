"""Addresses of this slice, below ``/customers/``."""

from django.urls import path

from guibin.customers.views import (
    house,
    matching,
    merging,
    pairs,
    panels,
    people,
    picking,
    reaching,
    relations,
    requirements,
    staffing,
)

app_name = "customers"
NUMBER = "customers/<str:number>/"

urlpatterns = [
    path("customers/", people.customer_list, name="list"),
    path("customers/new/", people.new_customer, name="new"),
    path("customers/pick/", picking.pick, name="pick"),
    path("customers/tag/", people.bulk_tag, name="bulk_tag"),
    path("customers/assign/", staffing.bulk_staff, name="bulk_staff"),
    path("customers/duplicates/", pairs.pairs, name="pairs"),
    path("customers/duplicates/join/", pairs.join_chosen, name="join_chosen"),
    path("customers/duplicates/apart/", pairs.told_apart, name="told_apart"),
    path("customers/duplicates/scan/", pairs.start_scan, name="start_scan"),
    path("customers/duplicates/scan/<int:run_id>/", pairs.scan_progress, name="scan_progress"),
    path("customers/duplicates/scan/<int:run_id>/cancel/", pairs.cancel_scan, name="cancel_scan"),
    path("customers/duplicates/<int:pair_id>/decide/", pairs.decide, name="decide_pair"),
    path("customers/duplicates/<int:pair_id>/release/", pairs.release, name="release_pair"),
    path("settings/matching/", matching.matching, name="matching"),
    path(f"{NUMBER}merge/", merging.merge, name="merge"),
    path("customers/merges/<int:merge_id>/undo/", merging.unmerge, name="unmerge"),
    path(f"{NUMBER}panels/identity/", merging.identity, name="panel_identity"),
    path(f"{NUMBER}edit/", people.edit_customer, name="edit"),
    path(f"{NUMBER}archive/", people.archive, name="archive"),
    path(f"{NUMBER}restore/", people.restore, name="restore"),
    path(f"{NUMBER}panels/profile/", panels.profile, name="panel_profile"),
    path(f"{NUMBER}panels/reveal/", panels.reveal, name="reveal"),
    path(f"{NUMBER}panels/external/add/", panels.add_external, name="add_external"),
    path(f"{NUMBER}panels/contacts/", panels.contacts, name="panel_contacts"),
    path(f"{NUMBER}panels/contacts/add/", panels.add_contact, name="add_contact"),
    path(f"{NUMBER}panels/contacts/<int:contact_id>/prefer/", panels.prefer_contact, name="prefer_contact"),
    path(f"{NUMBER}panels/contacts/<int:contact_id>/remove/", panels.remove_contact, name="remove_contact"),
    path(f"{NUMBER}panels/tags/", panels.tags, name="panel_tags"),
    path(f"{NUMBER}panels/tags/change/", panels.change_tag, name="change_tag"),
    path(f"{NUMBER}panels/fields/", panels.own_fields, name="panel_fields"),
    path(f"{NUMBER}panels/notes/", panels.notes, name="panel_notes"),
    path(f"{NUMBER}panels/notes/write/", panels.write_note, name="write_note"),
    path(f"{NUMBER}panels/history/", panels.history, name="panel_history"),
    path(f"{NUMBER}panels/relations/", relations.relations, name="panel_relations"),
    path(f"{NUMBER}panels/relations/add/", relations.add, name="add_relation"),
    path(f"{NUMBER}panels/relations/<int:relation_id>/edit/", relations.edit, name="edit_relation"),
    path(f"{NUMBER}panels/relations/<int:relation_id>/prefer/", relations.prefer, name="prefer_relation"),
    path(f"{NUMBER}panels/relations/<int:relation_id>/remove/", relations.remove, name="remove_relation"),
    path(f"{NUMBER}panels/reaching/", reaching.reaching, name="panel_reaching"),
    path(f"{NUMBER}panels/reaching/set/", reaching.set_preference, name="set_preference"),
    path(f"{NUMBER}panels/staff/", staffing.staff, name="panel_staff"),
    path(f"{NUMBER}panels/staff/assign/", staffing.assign, name="assign_staff"),
    path(f"{NUMBER}panels/staff/<int:staff_id>/release/", staffing.release, name="release_staff"),
    path(f"{NUMBER}panels/requirements/", requirements.requirements, name="panel_requirements"),
    path(f"{NUMBER}panels/requirements/reveal/", requirements.reveal, name="reveal_requirements"),
    path(f"{NUMBER}panels/requirements/add/", requirements.add, name="add_requirement"),
    path(
        f"{NUMBER}panels/requirements/<int:requirement_id>/edit/", requirements.edit, name="edit_requirement"
    ),
    path(
        f"{NUMBER}panels/requirements/<int:requirement_id>/remove/",
        requirements.remove,
        name="remove_requirement",
    ),
    path("settings/requirements/", requirements.types, name="requirement_types"),
    path("settings/requirements/<slug:code>/", requirements.one_type, name="requirement_type"),
    path(
        "settings/requirements/<slug:code>/switch/", requirements.switch_type, name="switch_requirement_type"
    ),
    path("settings/tags/", house.tags, name="tags"),
    path("settings/tags/<int:tag_id>/", house.tag, name="tag"),
    path("settings/tags/<int:tag_id>/switch/", house.switch_tag, name="switch_tag"),
    path("settings/customer-fields/", house.attributes, name="attributes"),
    path("settings/customer-fields/<slug:code>/", house.attribute, name="attribute"),
    path("settings/customer-fields/<slug:code>/switch/", house.switch_attribute, name="switch_attribute"),
]
