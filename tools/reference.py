"""Write docs/reference from what the slices declare, so that it cannot fall behind.

tools/reference.py          write the pages
tools/reference.py check    fail when a page differs from what would be written
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
HEAD = "<!-- Written by `make docs` from the manifests: do not edit. -->\n\n"


def settings_page() -> Iterator[str]:
    """Every organisation setting with its default."""
    from guibin.core.manifest import manifests

    yield "# Settings\n\nEvery number of the product is a setting. Change them under 设置 / Settings.\n"
    for manifest in manifests():
        if not manifest.settings:
            continue
        yield f"\n## {manifest.slice}\n\n| key | default | what it means |\n| --- | --- | --- |\n"
        for setting in manifest.settings:
            default = f"{_value(setting.default)} {setting.unit}".strip()
            yield f"| `{setting.key}` | {default} | {setting.label}. {setting.help} |\n"


def permissions_page() -> Iterator[str]:
    """Every permission and which starter roles hold it."""
    from guibin.core.manifest import manifests

    yield "# Permissions\n\nThe owner holds all of them. Roles are composed of these.\n"
    for manifest in manifests():
        if not manifest.permissions:
            continue
        yield f"\n## {manifest.slice}\n\n| permission | manager | agent | it allows to |\n"
        yield "| --- | --- | --- | --- |\n"
        for permission in manifest.permissions:
            held = [
                "yes" if permission in manifest.roles.get(role, ()) else "" for role in ("manager", "agent")
            ]
            yield f"| `{permission.code}` | {held[0]} | {held[1]} | {permission.sentence} |\n"


def events_page() -> Iterator[str]:
    """Every event of the log with its fields."""
    from dataclasses import fields

    from guibin.core.manifest import manifests

    yield "# Events\n\nWhat the log tells. Fields are ids, codes, numbers and dates.\n"
    for manifest in manifests():
        if not manifest.events:
            continue
        yield f"\n## {manifest.slice}\n\n| event | on screen | fields |\n| --- | --- | --- |\n"
        for event in sorted(manifest.events, key=lambda e: e.name):
            names = ", ".join(f"`{field.name}`" for field in fields(event))
            yield f"| `{event.name}` | {event.wording} | {names} |\n"


def datasets_page() -> Iterator[str]:
    """Every dataset insight may copy."""
    from guibin.core.manifest import manifests

    yield "# Datasets\n\nWhat the warehouse copies. No personal data; money in minor units.\n"
    for manifest in manifests():
        for dataset in manifest.datasets:
            yield f"\n## {dataset.name} ({manifest.slice})\n\n| column | type |\n| --- | --- |\n"
            for column in dataset.columns:
                yield f"| `{column.name}` | {column.type} |\n"


def commands_page() -> Iterator[str]:
    """Every command with its options, in English."""
    import click

    from guibin.config.cli.tree import command_tree

    yield "# Commands\n\n`guibin COMMAND --help` says the same, in Chinese or English (`--lang`).\n\n"
    yield "Exit codes: 0 done; 1 refused, the reason is on standard error; 2 wrong usage; 3 nothing found; "
    yield "4 database not reachable.\n"
    root = command_tree()
    yield from _command(root, click.Context(root, info_name="guibin"), depth=2)


def _command(command: "object", context: "object", depth: int) -> Iterator[str]:
    import click

    assert isinstance(command, click.Command)
    assert isinstance(context, click.Context)
    if isinstance(command, click.Group):
        for name in sorted(command.list_commands(context)):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from _command(child, click.Context(child, info_name=name, parent=context), depth)
        return
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    yield f"\n## {context.command_path}\n\n{command.help or ''}\n\n`{usage}`\n"
    records = [record for option in command.params if (record := option.get_help_record(context))]
    shown = [(name, text) for name, text in records if not name.startswith(("--help", "--lang"))]
    if shown:
        yield "\n| option | meaning |\n| --- | --- |\n"
        for name, text in shown:
            yield f"| `{name.replace('|', ' or ')}` | {text} |\n"


WRITERS: dict[str, Callable[[], Iterator[str]]] = {
    "settings.md": settings_page,
    "permissions.md": permissions_page,
    "events.md": events_page,
    "datasets.md": datasets_page,
    "commands.md": commands_page,
}


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guibin.config.settings")
    os.environ["GUIBIN_LANG"] = "en"
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")
    stale = []
    for name, write in WRITERS.items():
        text = HEAD + "".join(write())
        page = PAGES / name
        if sys.argv[1:] == ["check"]:
            if not page.exists() or page.read_text() != text:
                stale.append(name)
        else:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
    if stale:
        sys.exit(f"docs/reference is behind: {', '.join(stale)}. Run: make docs")


if __name__ == "__main__":
    main()
