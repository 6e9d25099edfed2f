"""A few rows of each outcome, for the dry run's page. Sealed with the run."""

from typing import Any

import pyarrow as pa

from guibin.integrations.staging.verdicts import Staged

EACH_MAX = 8


class Samples:
    """The first rows turned down, per reason."""

    def __init__(self) -> None:
        self._rejects: dict[str, list[dict[str, Any]]] = {}

    def look(self, batch: pa.RecordBatch, staged: Staged) -> None:
        if staged.rejects is None:
            return
        numbers = {number: place for place, number in enumerate(batch.column(0).to_pylist())}
        for reject in staged.rejects.to_pylist():
            kept = self._rejects.setdefault(reject["reason"], [])
            if len(kept) < EACH_MAX:
                place = numbers[reject["row"]]
                cells = [batch.column(2 + i)[place].as_py() for i in range(batch.num_columns - 2)]
                kept.append({"row": reject["row"], "place": reject["place"], "cells": cells})

    def as_json(self) -> dict[str, Any]:
        return {"rejects": self._rejects}
