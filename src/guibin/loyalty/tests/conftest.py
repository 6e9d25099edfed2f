"""A policy's versions, previewed and saved as people do."""

from collections.abc import Callable
from datetime import date, datetime

import pyarrow as pa
import pytest

from guibin.core.permissions import SYSTEM
from guibin.loyalty import api

TODAY = date(2026, 11, 23)


@pytest.fixture
def saved(at: datetime) -> Callable[..., api.VersionView]:
    """Previews and saves rules as a version of a policy, which it makes when it is new."""

    def save(
        table: pa.Table, code: str = "house", preset: str = "cumulative", day: date = TODAY, **numbers: float
    ) -> api.VersionView:
        rules = api.preset_rules(
            preset, "CNY", {key.replace("__", "."): value for key, value in numbers.items()}
        )
        if code not in {policy.code for policy in api.list_policies()}:
            api.create_policy(code=code, name=code, preset=preset, actor=SYSTEM, at=at)
        preview = api.preview_policy(rules=rules, facts=table, as_of=day, currency="CNY")
        return api.save_policy_version(
            policy_code=code,
            rules=rules,
            currency="CNY",
            effective_from=day,
            token=preview.token,
            today=TODAY,
            actor=SYSTEM,
            at=at,
        )

    return save
