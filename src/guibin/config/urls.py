"""Mounts each slice's pages and REST. The one place that reaches past the doors."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def slice_urls() -> list[URLPattern | URLResolver]:
    """``guibin.<slice>.urls`` of every slice that has pages, top floor first."""
    mounted: list[URLPattern | URLResolver] = []
    for name in reversed(settings.SLICES):
        module = f"guibin.{name}.urls"
        if find_spec(module) is not None:
            mounted.append(path("", include(import_module(module))))
    return mounted


def rest_urls() -> list[URLPattern | URLResolver]:
    """``guibin.<slice>.rest.router`` of every slice that has REST, under ``/api/v1``."""
    if find_spec("guibin.web.rest") is None:
        return []
    api = import_module("guibin.web.rest").api
    for name in settings.SLICES:
        module = f"guibin.{name}.rest"
        if name != "web" and find_spec(module) is not None:
            api.add_router("", import_module(module).router)
    return [path("api/v1/", api.urls)]


urlpatterns = [*rest_urls(), *slice_urls()]
handler400 = "guibin.web.errors.bad_request"
handler403 = "guibin.web.errors.permission_denied"
handler404 = "guibin.web.errors.page_not_found"
handler500 = "guibin.web.errors.server_error"
handler429 = "guibin.accounts.views.signin.too_many_requests"
