"""The frame of a page is kept by reader, and what changes with a request is never kept."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from guibin.core.permissions import Actor
from guibin.web.kept import KEPT_MAX, KeptNode

SignIn = Callable[[Actor], Client]


def context(reader: object, token: str, here: str, **more: object) -> Context:
    return Context({"shell": SimpleNamespace(reader=reader), "csrf_token": token, "here": here, **more})


def test_what_changes_is_put_in_anew_and_escaped() -> None:
    template = Template(
        '{% kept %}a {{ x }} {{ csrf_token }} b <a href="{{ here }}">{{ csrf_token }}{% endkept %}'
    )
    first = template.render(context("r", "T1", '/?a=1&b="', x=1))
    assert first == 'a 1 T1 b <a href="/?a=1&amp;b=&quot;">T1'
    assert template.render(context("r", "T2", "/", x=2)) == 'a 1 T2 b <a href="/">T2', "kept, but for those"


def test_another_reader_page_or_language_has_another_frame() -> None:
    template = Template("{% kept %}{{ x }}{% endkept %}")
    assert template.render(context("r", "", "", x=1)) == "1"
    assert template.render(context("s", "", "", x=2)) == "2"
    assert template.render(context("r", "", "", x=3, page_key="p")) == "3"
    assert template.render(context("r", "", "", x=4, menu_key="p")) == "4"
    with translation.override("en"):
        assert template.render(context("r", "", "", x=5)) == "5"
    assert template.render(context("r", "", "", x=6)) == "1"


def test_only_so_many_frames_are_kept() -> None:
    template = Template("{% kept %}{{ x }}{% endkept %}")
    for number in range(KEPT_MAX + 5):
        template.render(context(number, "", "", x=number))
    (node,) = template.nodelist.get_nodes_by_type(KeptNode)
    assert len(node._pieces) == 5


@pytest.mark.django_db
def test_pages_of_several_people_never_mix(client_as: SignIn, owner: Actor, agent: Actor) -> None:
    tokens, menus = set(), []
    for _each in range(2):
        for actor in (owner, agent):
            page = client_as(actor).get("/?seen=1").content.decode()
            menus.append(re.findall(r'<li><a href="([^"]+)"', page))
            assert 'name="next" value="/?seen=1"' in page
            found = set(re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page))
            assert len(found) == 1
            tokens |= found
    assert len(tokens) == 4
    assert menus[0] == menus[2]
    assert menus[1] == menus[3]
    assert set(menus[1]) < set(menus[0])
