"""An import contract of our own: slices meet at their doors only.

For import-linter. ``slices`` are guarded; ``open`` packages (core, web) are floors everybody stands
on. An import between two slices must name ``slice.api``, ``slice.ports`` or something below them.
``slice.permissions`` is open too: declarations and nothing else, which the manifests of higher floors need in
every process, without what the door loads.
"""

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output

ROOT = "guibin"
DOORS = frozenset({"api", "ports", "permissions"})
# Wiring mounts each slice's pages and REST and lists its jobs: the one exemption, by design.
WIRING = frozenset({"config", "__main__"})


class DoorContract(Contract):
    """Only ``api``, ``ports`` and ``permissions`` of a slice may be imported by others."""

    open = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - the base's signature
        open_floors: Any = self.open
        broken = sorted(
            (importer, imported)
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if _crosses(importer, imported, frozenset(open_floors))
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} goes past the door: {imported}")


def _crosses(importer: str, imported: str, open_floors: frozenset[str]) -> bool:
    source, target = importer.split("."), imported.split(".")
    if len(source) < 2 or len(target) < 2 or target[0] != ROOT:
        return False
    same_slice = source[1] == target[1]
    if same_slice or target[1] in open_floors or source[1] in WIRING:
        return False
    return len(target) < 3 or target[2] not in DOORS
