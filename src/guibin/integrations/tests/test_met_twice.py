"""Who an import meets again is named only to who may see them."""

from types import SimpleNamespace
from typing import Any

import pytest

from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.integrations import mending


@pytest.mark.django_db
def test_a_known_customer_of_another_store_has_no_name(
    agent: Actor, outsider: Actor, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert agent.store_ids is not None
    profile = customers.Profile(name="林婉清", joined_store_id=min(agent.store_ids))
    known = customers.create_customer(profile=profile, contacts=[], actor=SYSTEM, at=at)
    pair = {"row": 3, "other": None, "customer": known, "by": "phone"}
    monkeypatch.setattr(mending.api, "find_json", lambda _run, _name: {"same": [pair]})
    run: Any = SimpleNamespace(id=1, files_gone=False, state="dry_run")
    (mine,) = mending.met_twice(run, actor=agent)
    (theirs,) = mending.met_twice(run, actor=outsider)
    assert mine["name"] == "林婉清"
    assert (theirs["name"], theirs["number"], theirs["url"]) == ("其他门店的客户", "", "")
