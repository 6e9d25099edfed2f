"""What every page gets: menu, help, theme, language, who is signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from guibin.core.manifest import HelpPage, manifests
from guibin.web.access import actor_of
from guibin.web.links import link_url, menu_sections

THEMES = ("light", "dark", "auto")
# The switch speaks the language it leads to: (code, lang attribute, what is written, what is read out).
OTHER_LANGUAGE = {
    "zh-hans": ("zh-hans", "zh-CN", "中", "中文，切换到中文"),
    "en": ("en", "en", "EN", "EN, switch to English"),
}
THEME_COOKIE = "guibin_theme"


def theme_of(request: HttpRequest) -> str:
    """The reader's choice, ``auto`` (as the device is set) until there is one."""
    chosen = request.COOKIES.get(THEME_COOKIE) or getattr(getattr(request, "person", None), "theme", "")
    return chosen if chosen in THEMES else "auto"


def help_page(key: str) -> HelpPage | None:
    """The help written for one page, by its link name."""
    pages = (page for manifest in manifests() for page in manifest.help)
    return next((page for page in pages if page.key == key), None)


class Shell:
    """The frame around a page, worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor = actor_of(request)
        self.person = getattr(request, "person", None)
        self.theme = theme_of(request)
        self.language = get_language() or settings.LANGUAGE_CODE
        self.other_language = OTHER_LANGUAGE["zh-hans" if self.language == "en" else "en"]
        self.signed_in = self.actor.kind == "staff"

    @property
    def reader(self) -> tuple[object, ...]:
        """All that the frame of a page depends on, beside language and page."""
        person = self.person
        who = None if person is None else (person.name, str(person.role), person.place)
        return (self.actor.kind, self.actor.permissions, who, self.theme, self.practice, self.search_url)

    def menu(self, current: str) -> list[Any]:
        return menu_sections(self.actor, current) if self.signed_in else []

    @property
    def practice(self) -> bool:
        """Whether this is the demo shop, in which nothing can go wrong."""
        return bool(getattr(settings, "GUIBIN_PRACTICE", False))

    @property
    def home_url(self) -> str:
        return link_url("console.home", actor=self.actor) or "/"

    @property
    def search_url(self) -> str:
        return link_url("console.search", actor=self.actor) if self.signed_in else ""

    @property
    def sign_out_url(self) -> str:
        return link_url("accounts.sign_out")

    @property
    def profile_url(self) -> str:
        return link_url("accounts.me", actor=self.actor)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context processor."""
    return {"shell": SimpleLazyObject(lambda: Shell(request)), "here": request.get_full_path()}
