"""Errors as people meet them: a page, an htmx fragment, or a problem document for programs (RFC 9457)."""

from http import HTTPStatus

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.core.errors import DomainError, Text
from guibin.web.access import SignInNeeded

# status: what happened, what was kept, what to do.
WORDS: dict[int, tuple[Text, Text]] = {
    400: (
        gettext_lazy("This request could not be read"),
        gettext_lazy("Nothing was changed. Go back, load the page again and repeat the last step."),
    ),
    401: (
        gettext_lazy("Please sign in"),
        gettext_lazy("Nothing was changed. After signing in you come back here."),
    ),
    403: (
        gettext_lazy("You may not open this"),
        gettext_lazy(
            "Nothing was changed. If you need it for your work, ask an owner of your organisation "
            "for the permission."
        ),
    ),
    404: (
        gettext_lazy("There is nothing here"),
        gettext_lazy(
            "The address may be old, or you may not see what is behind it. "
            "Search for it above, or start from today's page."
        ),
    ),
    405: (
        gettext_lazy("This address is not a page"),
        gettext_lazy("Nothing was changed. Go back to the page and use its button."),
    ),
    409: (
        gettext_lazy("Somebody was here first"),
        gettext_lazy(
            "Nothing of yours was saved. Load the page again to see what is there now, "
            "then repeat your change."
        ),
    ),
    422: (
        gettext_lazy("Something in the input is not right"),
        gettext_lazy("Nothing was saved. Go back: what you typed is still there to be corrected."),
    ),
    500: (
        gettext_lazy("That is our fault"),
        gettext_lazy(
            "Nothing half-done was kept. Try again in a moment; if it happens again, "
            "tell your administrator the number below."
        ),
    ),
}


def wants_problem(request: HttpRequest) -> bool:
    """Whether the caller is a program: the REST paths, or one that accepts JSON and no HTML."""
    accepted = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accepted and "html" not in accepted)


def problem(request: HttpRequest, *, status: int, code: str, sentence: str, **more: object) -> JsonResponse:
    """A problem document. ``code`` is stable, ``sentence`` is in the caller's language."""
    body = {
        "type": f"urn:guibin:problem:{code}",
        "title": str(WORDS.get(status, WORDS[500])[0]),
        "status": status,
        "code": code,
        "detail": sentence,
        "request_id": str(getattr(request, "id", "")),
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def error_response(request: HttpRequest, *, status: int, code: str, sentence: str = "") -> HttpResponse:
    """The answer to a request that failed, in the form its caller can use."""
    if wants_problem(request):
        return problem(request, status=status, code=code, sentence=sentence or str(WORDS[status][1]))
    if status == HTTPStatus.UNAUTHORIZED:
        return _sign_in(request)
    title, advice = WORDS.get(status, WORDS[500])
    context = {
        "status": status,
        "error_title": title,
        "sentence": sentence,
        "advice": advice,
        "request_id": getattr(request, "id", ""),
        "messages": (),  # reading them would ask the database, which may be what failed
        "frame": "web/page.html" if status < 500 and getattr(request, "person", None) else "web/bare.html",
    }
    if request.headers.get("HX-Request"):
        response = render(request, "web/error_fragment.html", context, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#gb-messages", "innerHTML"
        return response
    return render(request, "web/error.html", context, status=status)


def _sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Redirect"] = str(settings.LOGIN_URL)
        return response
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal, rendered."""
    sentence = "" if isinstance(error, SignInNeeded) else error.sentence
    return error_response(request, status=error.status, code=error.code, sentence=sentence)


def add_domain_error(form: forms.Form, error: DomainError, field: str | None = None) -> None:
    """Show a refusal beside the form (or one ``field``) that caused it."""
    form.add_error(field, error.sentence)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, status=400, code="web.bad_request")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, status=403, code="core.forbidden")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, status=404, code="core.not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: draws its page without touching the database."""
    return error_response(request, status=500, code="web.server_error")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from elsewhere."""
    sentence = _("This form was open for too long, or cookies are switched off.")
    return error_response(request, status=403, code="web.csrf_failed", sentence=sentence)
