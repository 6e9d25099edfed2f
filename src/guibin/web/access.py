"""Who may reach a page: every view and REST operation carries exactly one of these marks.

The marks also enforce: they raise ``SignInNeeded`` or ``Forbidden`` before the view runs.
``middleware.declared_permission`` refuses whatever carries none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from guibin.core.errors import DomainError, Forbidden
from guibin.core.permissions import ANONYMOUS, Actor, Permission

MARK = "guibin_access"
View = TypeVar("View", bound=Callable[..., Any])


class SignInNeeded(DomainError):
    code = "web.sign_in_needed"
    message = _("Please sign in first.")
    status = 401


class AccessUndeclared(Forbidden):
    code = "web.access_undeclared"
    message = _("This page declares no permission, so nobody may open it.")


@dataclass(frozen=True, slots=True)
class Access:
    """``public`` needs nobody; otherwise somebody signed in, holding all ``permissions`` (maybe none)."""

    public: bool = False
    permissions: tuple[Permission, ...] = ()

    def enforce(self, actor: Actor) -> None:
        """Raises ``SignInNeeded`` or ``Forbidden``."""
        if self.public:
            return
        if actor.kind == "anonymous":
            raise SignInNeeded
        for permission in self.permissions:
            actor.require(permission)


def declared(view: Callable[..., Any]) -> Access | None:
    """The mark of ``view`` (or of the function it wraps), None when it has none."""
    mark = getattr(view, MARK, None)
    if mark is None:
        mark = getattr(getattr(view, "view_class", None), MARK, None)
    return mark if isinstance(mark, Access) else None


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; anonymous until somebody has signed in."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else ANONYMOUS


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view as open to signed-in actors who hold all ``permissions``."""
    if not permissions:
        raise ValueError("requires() names at least one permission; signed_in needs none")
    return _marked(Access(permissions=permissions))


def signed_in(view: View) -> View:
    """Mark a view as open to everybody who has signed in."""
    return _marked(Access())(view)


def public(view: View) -> View:
    """Mark a view as open to the whole world."""
    return _marked(Access(public=True))(view)


def public_urls(urls: Any) -> Any:
    """Mark every view of a third party's urls (an ``include()`` or a list) as public; returns ``urls``."""
    patterns = urls
    if isinstance(urls, tuple):
        patterns = getattr(urls[0], "urlpatterns", urls[0])
    _mark_public(patterns)
    return urls


def _mark_public(patterns: Iterable[URLPattern | URLResolver]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _mark_public(pattern.url_patterns)
        elif declared(pattern.callback) is None:
            setattr(pattern.callback, MARK, Access(public=True))


def _marked(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            access.enforce(actor_of(request))
            return view(request, *args, **kwargs)

        setattr(guarded, MARK, access)
        return guarded  # type: ignore[return-value]  # same signature as the view it wraps

    return decorate
