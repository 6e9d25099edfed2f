"""Declare, don't hunt: everything a slice has is in its manifest, and everything there exists."""

import re
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import translation

from guibin.core.manifest import manifests
from guibin.core.privacy import PrivacyClass
from guibin.web.links import registered_links

CODE = re.compile(r"[a-z_]+\.[a-z_]+")
ONLY_IDS_AND_BLURRED = {PrivacyClass.NONE, PrivacyClass.ID, PrivacyClass.COARSE}


def _models() -> list[type[models.Model]]:
    return [model for name in settings.SLICES for model in apps.get_app_config(name).get_models()]


def _classes(slice_name: str) -> dict[str, PrivacyClass]:
    return {
        field: kind
        for m in manifests()
        if m.slice == slice_name
        for field, kind in m.personal_data.fields.items()
    }


@pytest.mark.parametrize("name", settings.SLICES)
def test_every_slice_declares_itself(name: str) -> None:
    assert name in {manifest.slice for manifest in manifests()}


@pytest.mark.parametrize("model", _models(), ids=lambda model: model._meta.label)
def test_every_field_has_a_privacy_class(model: type[models.Model]) -> None:
    declared = _classes(model._meta.app_label)
    fields = {f"{model.__name__}.{field.name}" for field in model._meta.concrete_fields}
    assert fields - set(declared) == set(), "fields without a privacy class"


def test_no_privacy_class_names_a_field_that_is_gone() -> None:
    existing = {
        f"{m._meta.app_label}:{m.__name__}.{f.name}" for m in _models() for f in m._meta.concrete_fields
    }
    declared = {
        f"{manifest.slice}:{field}" for manifest in manifests() for field in manifest.personal_data.fields
    }
    assert declared - existing == set()


def test_slices_that_hold_people_can_export_and_erase_them() -> None:
    for manifest in manifests():
        personal = {PrivacyClass.SEALED, PrivacyClass.INDEX, PrivacyClass.COARSE} & set(
            manifest.personal_data.fields.values()
        )
        if personal:
            assert manifest.personal_data.export is not None, manifest.slice
            assert manifest.personal_data.erase is not None, manifest.slice


def test_sealed_columns_are_bytes() -> None:
    for model in _models():
        for field in model._meta.concrete_fields:
            if _classes(model._meta.app_label).get(f"{model.__name__}.{field.name}") is PrivacyClass.SEALED:
                assert isinstance(field, models.BinaryField), f"{model.__name__}.{field.name}"


def test_events_are_named_worded_and_distinct() -> None:
    events = [event for manifest in manifests() for event in manifest.events]
    assert [name for name, count in Counter(event.name for event in events).items() if count > 1] == []
    for manifest in manifests():
        for event in manifest.events:
            assert CODE.fullmatch(event.name), event.name
            assert event.name.startswith(f"{manifest.slice}."), event.name
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    assert str(event.wording).strip(), event.name


def test_event_classes_in_events_modules_are_all_declared() -> None:
    from guibin.core.events import Event, declared_events

    def below(kind: type[Event]) -> set[type[Event]]:
        return {kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))}

    declared = set(declared_events().values())
    written = {
        kind
        for kind in below(Event)
        if kind.__module__.startswith("guibin.") and ".tests" not in kind.__module__ and "name" in vars(kind)
    }
    assert written - {Event} - declared == set()


def test_permissions_and_settings_are_well_named_and_distinct() -> None:
    permissions = [p for manifest in manifests() for p in manifest.permissions]
    keys = [s.key for manifest in manifests() for s in manifest.settings]
    assert len({p.code for p in permissions}) == len(permissions)
    assert len(set(keys)) == len(keys)
    for manifest in manifests():
        for permission in manifest.permissions:
            assert re.fullmatch(rf"{manifest.slice}\.[a-z_]+", permission.code), permission.code
            assert str(permission.sentence).strip()
        for setting in manifest.settings:
            assert setting.parse(setting.default) == setting.default, setting.key
            assert str(setting.help).strip(), setting.key


def test_menu_help_and_links_point_at_each_other() -> None:
    from django.urls import NoReverseMatch, get_resolver

    links = registered_links()
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    for manifest in manifests():
        for entry in manifest.menu:
            assert entry.link in links, f"menu entry of {manifest.slice} points at {entry.link}"
        for page in manifest.help:
            assert page.key in links, f"help for {page.key}, which is no page"
        for link in manifest.links:
            if ":" in link.url_name:
                continue
            assert link.url_name in names, f"{link.name} -> {link.url_name}"
    assert NoReverseMatch


@pytest.mark.parametrize("dataset", [d for m in manifests() for d in m.datasets], ids=lambda d: d.name)
def test_datasets_can_be_read_and_hold_nothing_personal(db: None, dataset: Any) -> None:
    columns = ", ".join(f"{column.sql} AS {column.name}" for column in dataset.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, t.changed_xid FROM {dataset.source or dataset.table + ' t'} LIMIT 0"
        )
        owner = next(m for m in manifests() if dataset in m.datasets)
        fields = {
            f"{model._meta.db_table}.{field.column}": owner.personal_data.fields[
                f"{model.__name__}.{field.name}"
            ]
            for model in apps.get_app_config(owner.slice).get_models()
            for field in model._meta.concrete_fields
        }
    for column in dataset.columns:
        match = re.fullmatch(r"t\.(\w+)", column.sql)
        if match:
            assert fields[f"{dataset.table}.{match[1]}"] in ONLY_IDS_AND_BLURRED, column.name


@pytest.mark.parametrize("table", [t for m in manifests() for t in m.append_only])
def test_append_only_tables_refuse_the_run_time_role(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%(t)s, 'UPDATE'), has_table_privilege(%(t)s, 'DELETE'), "
            "has_table_privilege(%(t)s, 'TRUNCATE')",
            {"t": table},
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%append_only%%'",
            [table],
        )
        assert cursor.fetchone()[0] == 2


def test_tables_insight_copies_tell_what_changed(db: None) -> None:
    for dataset in (d for m in manifests() for d in m.datasets):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [dataset.table],
            )
            names = {row[0] for row in cursor.fetchall()}
        assert {f"{dataset.table}_changed", f"{dataset.table}_deleted"} <= names, dataset.table


def test_foreign_keys_across_slices_point_only_at_the_customer_and_the_staff() -> None:
    floors = {name: floor for floor, name in enumerate(settings.SLICES)}
    for model in _models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey):
                continue
            target = field.related_model
            here, there = model._meta.app_label, target._meta.app_label
            if here == there:
                continue
            where = f"{model._meta.label}.{field.name}"
            assert target._meta.label in {"customers.Customer", "accounts.Staff"}, where
            assert floors[there] < floors[here], where
            assert field.remote_field.related_name == "+", where
            assert field.remote_field.on_delete is models.PROTECT, where
