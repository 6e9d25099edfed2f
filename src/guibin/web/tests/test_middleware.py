import re
from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("guibin.web.tests.urls_trial")]


def policy(response: Any) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";")]
    return {name: sources for name, _space, sources in parts}


def test_every_answer_carries_the_headers(client: Client) -> None:
    for url in ("/open", "/nothing-here", "/forgotten", "/api/v1/rows"):
        response = client.get(url)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"
        assert re.fullmatch(r"[0-9a-f-]{36}", response["X-Request-ID"])
        found = policy(response)
        assert "unsafe" not in response["Content-Security-Policy"]
        assert found["default-src"] == found["connect-src"] == "'self'"
        assert found["object-src"] == found["frame-ancestors"] == "'none'"
        assert "http" not in response["Content-Security-Policy"]


def test_a_nonce_is_never_used_twice(client: Client) -> None:
    nonces = {
        re.search(r"nonce-([^']+)", client.get("/open")["Content-Security-Policy"])[1] for _n in range(5)
    }  # type: ignore[index]
    assert len(nonces) == 5


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)


@pytest.mark.parametrize("url", ["/gallery", "/gallery/list", "/shown", "/nothing-here", "/fails/409"])
def test_pages_have_nothing_inline(client_as: Any, owner: Any, url: str) -> None:
    body = client_as(owner).get(url).content.decode()
    assert "<html" in body
    assert INLINE.findall(body) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', body) == []


def test_an_undeclared_page_is_refused_to_everybody(client_as: Any, client: Client, owner: Any) -> None:
    for someone in (client, client_as(owner)):
        response = someone.get("/forgotten", headers={"Accept": "application/json"})
        assert response.status_code == 403
        assert response.json()["code"] == "web.access_undeclared"


def test_marks_let_the_right_people_in(client: Client, client_as: Any, owner: Any) -> None:
    assert client.get("/open").content == b"open"
    assert client.get("/third/party").content == b"third"
    inside = client.get("/inside?a=1")
    assert (inside.status_code, inside["Location"]) == (302, "/sign-in/?next=%2Finside%3Fa%3D1")
    fragment = client.get("/inside", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/sign-in/")
    assert client_as(owner).get("/inside").content == b"inside"
    assert client_as(owner).get("/both").status_code == 403  # a permission nobody's role holds


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_error_pages_help_in_both_languages(client: Client, status: int, language: str) -> None:
    client.raise_request_exception = False
    client.cookies["django_language"] = language
    response = client.get(f"/fails/{status}")
    body = response.content.decode()
    assert response.status_code == status
    assert response["X-Request-ID"] in body
    heading = re.search(r"<h1[^>]*>([^<]+)</h1>", body)
    assert heading is not None
    assert bool(re.search(r"[\u4e00-\u9fff]", heading[1])) == (language == "zh-hans")
    assert f'lang="{"en" if language == "en" else "zh-CN"}"' in body


def test_an_error_in_a_fragment_goes_to_the_messages(client: Client) -> None:
    response = client.get("/fails/409", headers={"HX-Request": "true"})
    assert response["HX-Retarget"] == "#gb-messages"
    assert "<html" not in response.content.decode()


def test_a_program_gets_a_problem_document(client: Client) -> None:
    response = client.get("/fails/422", headers={"Accept": "application/json", "Accept-Language": "en"})
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "core.invalid"
    assert problem["status"] == 422
    assert problem["request_id"] == response["X-Request-ID"]
    assert problem["detail"] == "Something in this input is not right."


def test_theme_and_language_are_kept(client: Client) -> None:
    response = client.post("/look", {"theme": "dark", "language": "en", "next": "/open?x=1"})
    assert response["Location"] == "/open?x=1"
    body = client.get("/shown").content.decode()
    assert 'data-bs-theme="dark"' in body
    assert "Skip to the content" in body
    assert client.post("/look", {"theme": "pink", "next": "https://evil.example/"})["Location"] == "/"
    assert client.cookies["guibin_theme"].value == "dark"


def test_a_chart_is_downloaded_as_its_table(client_as: Any, owner: Any) -> None:
    client = client_as(owner)
    chart = '{"title": "销售", "headings": ["门店", "元"], "rows": [["=湖滨", 12.5]]}'
    response = client.post("/charts/file", {"chart": chart, "format": "csv"})
    assert b"".join(response.streaming_content).decode("utf-8-sig").splitlines()[1] == '"\'=湖滨","12.5"'
    assert client.post("/charts/file", {"chart": "{", "format": "csv"}).status_code == 422
