"""Nothing on a page leads its reader to a refusal: each link is opened, each form's permission held."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from django.test import Client

from guibin.core.permissions import Actor
from guibin.web.access import declared
from tests.house.test_access import address, routes
from tests.walk import demo_actor, make_small_shop, walk

# Pages of a moment: a run under way, a link from a message, what was typed before.
OF_A_MOMENT = {
    "imports/<int:import_id>/progress",
    "imports/<int:import_id>/errors",
    "imports/<int:import_id>/rows",
    "imports/<int:import_id>/undo",
    "insight/freshness/progress/<int:run_id>/",
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_link_leads_somewhere_for_every_role(
    client_as: Callable[[Actor], Client], tmp_path: Path
) -> None:
    make_small_shop(tmp_path)
    reached = set()
    for role in ("owner", "manager", "agent"):
        actor = demo_actor(role)
        found = walk(client_as(actor), actor)
        assert not found.misleading, "\n".join([role, *found.misleading])
        assert len(found.pages) > 20, role
        reached |= found.routes
    missing = missing_routes(client_as(demo_actor("owner")), reached)
    assert not missing, "\n".join(sorted(missing))


def missing_routes(client: Client, reached: set[str]) -> set[str]:
    """Routes of objects that answer GET, yet no page links to them."""
    asked = {
        route
        for route, view in routes()
        if "<" in route
        and (mark := declared(view)) is not None
        and not mark.public
        and client.get(address(route)).status_code != HTTPStatus.METHOD_NOT_ALLOWED
    }
    return asked - reached - OF_A_MOMENT
