import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from guibin.core.errors import Forbidden
from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.web import gallery
from guibin.web.listing import DayRange, ListState, NumberRange, render_list
from guibin.web.listing.chips import describe, draw_chips
from guibin.web.permissions import VIEW_GALLERY

SPEC = gallery.sample_list()
ALLOWED = Actor("staff", 7, frozenset({VIEW_GALLERY.code}))
pytestmark = pytest.mark.django_db


def state(query: str) -> ListState:
    return ListState.from_query(SPEC, query)


def ask(query: str = "", actor: Actor = ALLOWED, post: dict[str, Any] | None = None, **headers: str) -> Any:
    factory = RequestFactory()
    url = f"/gallery/list?{query}"
    request = factory.get(url, headers=headers) if post is None else factory.post(url, post, headers=headers)
    request.actor = actor  # type: ignore[attr-defined]
    request._messages = []  # type: ignore[attr-defined]
    with translation.override("en"):
        response = render_list(
            request, gallery.sample_list(), gallery.fetch, context={"page_key": "web.gallery"}
        )
        if response.streaming:
            response.content_read = b"".join(response.streaming_content)  # type: ignore[arg-type,union-attr]
        return response


def test_an_address_is_read_into_typed_values() -> None:
    found = state(
        "tier=gold&tier=nonsense&tier=gold&spend_from=1,000&last_on_to=2026-11-22&archived=0&sort=orders&page=3"
    )
    assert found.get("tier") == ("gold",)
    assert found.get("spend") == NumberRange(Decimal(1000), None)
    assert found.get("last_on") == DayRange(None, date(2026, 11, 22))
    assert found.get("last_on").end == date(2026, 11, 23)
    assert found.get("archived") is False
    assert (found.sort, found.descending, found.page, found.size) == ("orders", False, 3, 25)


@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=-name",
        "page=-1",
        "page=x",
        "size=9999",
        "spend_from=NaN",
        "spend_to=1e9999999",
        "last_on_from=2026-13-45",
        "columns=secret",
        "archived=maybe",
        "page=99999999999",
    ],
)
def test_nonsense_in_an_address_is_ignored(query: str) -> None:
    found = state(query)
    assert not found.filters
    assert found.sort in {"", "spend"}
    assert found.size == 25
    assert found.columns == ()


@given(
    tiers=st.lists(st.sampled_from([code for code, _label in gallery.TIERS]), unique=True),
    low=st.none() | st.integers(0, 10**6),
    archived=st.none() | st.booleans(),
    page=st.integers(1, 99),
    sort=st.sampled_from(["-spend", "orders", "-last_on"]),
    size=st.sampled_from([25, 50, 100]),
)
def test_a_state_written_to_an_address_reads_back_the_same(
    tiers: list[str], low: int | None, archived: bool | None, page: int, sort: str, size: int
) -> None:
    query = QueryDict(mutable=True)
    query.setlist("tier", tiers)
    if low is not None:
        query["spend_from"] = str(low)
    if archived is not None:
        query["archived"] = "1" if archived else "0"
    query.update({"page": str(page), "sort": sort, "size": str(size)})
    first = state(query.urlencode())
    assert state(first.query(SPEC)) == first


def test_words_about_a_person_come_in_the_body_and_never_enter_an_address() -> None:
    assert state("q=林婉清").get("q") is None
    response = ask(post={"_list": "1", "q": "婉清", "tier": "gold"}, **{"HX-Target": SPEC.element_id})
    assert response["HX-Push-Url"] == "/gallery/list?tier=gold"
    body = response.content.decode()
    assert "%E5%A9%89" not in body
    assert 'value="婉清"' in body
    names = [row.name for row in gallery.SAMPLES if "婉清" in row.name and row.tier == "gold"]
    assert body.count("<tr data-id") == len(names)


def test_a_filter_narrows_and_its_chip_says_so() -> None:
    body = ask("tier=gold&spend_from=50000").content.decode()
    fits = [r for r in gallery.SAMPLES if r.tier == "gold" and r.spend.amount >= 50000]
    assert f"of {len(fits)} customers" in body
    assert "from ¥50,000" in body
    assert 'href="?spend_from=50000"' in body


def test_descriptions_of_filters() -> None:
    spend, days = SPEC.filter_by_key["spend"], SPEC.filter_by_key["last_on"]
    with translation.override("en"):
        assert describe(spend, NumberRange(Decimal(1), Decimal(2))) == "¥1 to ¥2"
        assert describe(days, DayRange(None, date(2026, 1, 2))) == "up to 2 Jan 2026"
        assert describe(SPEC.filter_by_key["tier"], ("gold", "silver")) == "Gold, Silver"
    with translation.override("zh-hans"):
        assert describe(spend, NumberRange(Decimal(1), None)) == "¥1 起"
        _fields, bar, more = draw_chips(SPEC, state("archived=1"))
        assert [chip.filter.key for chip in bar] == ["tier", "spend", "last_on", "archived"]
        assert more == []


def test_sorting_by_a_heading_and_turning_it() -> None:
    body = ask("sort=-orders").content.decode()
    assert 'aria-sort="descending"' in body
    assert 'href="?sort=orders"' in body
    first = body.index("<tbody>")
    top = max(gallery.SAMPLES, key=lambda row: row.orders)
    assert f">{top.orders}<" in body[first : first + 4000].replace("\n", "")


def test_columns_are_picked_but_the_name_always_stays() -> None:
    body = ask("columns=city").content.decode()
    assert 'data-label="City"' in body
    assert 'data-label="Customer"' in body
    assert 'data-label="Orders"' not in body
    assert 'data-label="City"' not in ask().content.decode()


def test_a_page_beyond_the_end_shows_the_last() -> None:
    assert "226 to 240 of 240 customers" in ask("page=999").content.decode()


def test_htmx_gets_the_list_alone() -> None:
    assert "<html" in ask().content.decode()
    assert "<html" not in ask(**{"HX-Target": SPEC.element_id, "HX-Request": "true"}).content.decode()


def test_an_export_holds_exactly_what_is_shown() -> None:
    response = ask("tier=gold&sort=orders", post={"export": "csv"})
    rows = list(csv.reader(io.StringIO(response.content_read.decode("utf-8-sig"))))
    fits = sorted((r for r in gallery.SAMPLES if r.tier == "gold"), key=lambda r: r.orders)
    assert rows[0][:2] == ["Customer", "Tier"]
    assert [row[0] for row in rows[1:]] == [r.name for r in fits]
    assert [Decimal(row[3]) for row in rows[1:]] == [r.spend.amount for r in fits]
    assert response["Content-Disposition"].startswith('attachment; filename="web-gallery-')
    book = ask("tier=gold&sort=orders", post={"export": "xlsx"}).content_read
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert len(sheet) == len(fits) + 1
    assert sheet[1][3] == float(fits[0].spend.amount)


def test_an_export_is_recorded_and_needs_its_permission() -> None:
    from guibin.core.events import read_timeline

    ask("tier=gold", post={"export": "csv"})
    recorded = read_timeline(about="list:web.gallery")[0]
    assert (recorded.name, recorded.actor, recorded.data["format"]) == ("web.list_exported", "staff:7", "csv")
    nobody = Actor("staff", 8, frozenset())
    with pytest.raises(Forbidden):
        ask(post={"export": "csv"}, actor=nobody)
    assert 'value="xlsx"' not in ask(actor=nobody).content.decode()


@pytest.mark.parametrize("rows", [1, 30, 100])
def test_queries_do_not_grow_with_rows(rows: int, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/gallery/list")
    request.actor = ALLOWED  # type: ignore[attr-defined]
    request._messages = []  # type: ignore[attr-defined]
    page = Page(gallery.SAMPLES[:rows], rows, 1, 100)
    with django_assert_num_queries(1):  # the saved views
        render_list(request, SPEC, lambda state: page)


def test_an_empty_list_teaches_and_a_filtered_one_offers_the_way_back() -> None:
    request = RequestFactory().get("/gallery/list")
    request.actor = ALLOWED  # type: ignore[attr-defined]
    request._messages = []  # type: ignore[attr-defined]
    with translation.override("en"):
        response = render_list(request, gallery.sample_list(), lambda state: Page([], 0, 1, 25))
    assert "No customers yet" in response.content.decode()
    far = (gallery.LAST_DAY + timedelta(days=1)).isoformat()
    assert "Nothing fits these filters" in ask(f"last_on_from={far}").content.decode()


def test_views_are_saved_shown_and_forgotten(client_as: Any, owner: Any) -> None:
    client: Client = client_as(owner)
    saved = {"list": "web.gallery", "name": "Gold only", "query": "tier=gold", "next": "/gallery/list"}
    assert client.post("/lists/views", saved).headers["Location"] == "/gallery/list?tier=gold"
    body = client.get("/gallery/list?tier=gold").content.decode()
    assert "Gold only" in body
    assert client.post("/lists/views", saved).status_code == 409
    view_id = int(body.split("/lists/views/")[1].split("/")[0])
    assert (
        client.post(f"/lists/views/{view_id}/delete", {"next": "//evil.example"}).headers["Location"] == "/"
    )
    assert client.post(f"/lists/views/{view_id}/delete").status_code == 404
