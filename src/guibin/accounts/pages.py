"""What the settings pages of this slice have in common: their place below "Settings"."""

from typing import Any

from django.utils.translation import gettext as _

from guibin.web.links import link_url


def settings_page(key: str, *more: tuple[str, str], **context: Any) -> dict[str, Any]:
    """The context of page ``key`` with its crumbs; ``more`` crumbs follow "Settings"."""
    crumbs = [(_("Settings"), link_url("console.settings")), *more]
    return {"page_key": key, "menu_key": "console.settings", "crumbs": crumbs, **context}
