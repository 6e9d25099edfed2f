from guibin.core.permissions import ANONYMOUS, SYSTEM, Actor
from guibin.web.links import find_pages, link_url, menu_sections
from guibin.web.permissions import VIEW_GALLERY

ALLOWED = Actor("staff", 1, frozenset({VIEW_GALLERY.code}))


def test_a_link_leads_to_its_page() -> None:
    assert link_url("web.gallery") == "/gallery"
    assert link_url("web.gallery", actor=ALLOWED) == "/gallery"


def test_what_is_missing_or_forbidden_gives_no_address() -> None:
    assert link_url("nowhere.page") == ""
    assert link_url("web.gallery", actor=ANONYMOUS) == ""


def test_pages_are_found_by_label_words_and_pinyin() -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        for words in ("组件", "zujian", "zjcl", "设计"):
            assert [page.url for page in find_pages(ALLOWED, words)][:1] == ["/gallery"], words
    with translation.override("en"):
        assert [page.label for page in find_pages(ALLOWED, "gall")] == ["Gallery"]
        assert find_pages(ANONYMOUS, "gall") == []
        assert find_pages(ALLOWED, "  ") == []


def test_the_menu_holds_only_what_may_be_opened() -> None:
    assert menu_sections(ANONYMOUS, "") == []
    everything = [item for section in menu_sections(SYSTEM, "web.gallery") for item in section]
    assert all(item.url for item in everything)
