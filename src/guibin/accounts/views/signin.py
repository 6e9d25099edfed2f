"""Sign-in pages: the framework's views in our look, marked with who may reach them."""

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guibin.accounts import forms, queries
from guibin.accounts.operations.staff import keep_look
from guibin.accounts.permissions import USE_ACCOUNT
from guibin.core.clock import now
from guibin.core.ids import StaffId
from guibin.web import formats
from guibin.web.access import actor_of, public, requires
from guibin.web.links import link_url

_sign_in = allauth.LoginView.as_view(
    template_name="accounts/sign_in.html", extra_context={"has_mail": bool(settings.EMAIL_HOST)}
)
sign_out = public(allauth.LogoutView.as_view(template_name="accounts/sign_out.html"))
inactive = public(allauth.AccountInactiveView.as_view(template_name="accounts/inactive.html"))
ask_link = public(
    allauth.PasswordResetView.as_view(
        template_name="accounts/ask_link.html", extra_context={"has_mail": bool(settings.EMAIL_HOST)}
    )
)
link_sent = public(allauth.PasswordResetDoneView.as_view(template_name="accounts/link_sent.html"))
new_password = public(allauth.PasswordResetFromKeyView.as_view(template_name="accounts/new_password.html"))
new_password_set = public(
    allauth.PasswordResetFromKeyDoneView.as_view(template_name="accounts/new_password_set.html")
)
change_password = requires(USE_ACCOUNT)(
    allauth.PasswordChangeView.as_view(
        template_name="accounts/change_password.html", extra_context={"page_key": "accounts.me"}
    )
)
set_password = requires(USE_ACCOUNT)(
    allauth.PasswordSetView.as_view(
        template_name="accounts/set_password.html", extra_context={"page_key": "accounts.me"}
    )
)
confirm_password = requires(USE_ACCOUNT)(
    allauth.ReauthenticateView.as_view(template_name="accounts/confirm_password.html")
)


@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page; a house without anybody begins with the guided first run."""
    welcome = link_url("console.welcome")
    if request.method == "GET" and welcome and not queries.has_staff():
        return redirect(welcome)
    return _sign_in(request)  # type: ignore[no-any-return]  # allauth ships no types


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """What the rate limits answer with."""
    return render(request, "accounts/too_many_requests.html", status=429)


@requires(USE_ACCOUNT)
def me(request: HttpRequest) -> HttpResponse:
    """One's own account: language, look, password."""
    actor = actor_of(request)
    staff = queries.get_staff(StaffId(actor.staff_id or 0))
    initial = {"language": staff.language, "theme": staff.theme}
    form = forms.PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keep_look(**form.cleaned_data, actor=actor, at=now())
        messages.success(request, _("Saved."))
        return _with_theme(redirect("accounts:me"), form.cleaned_data["theme"])
    last = formats.moment(staff.last_sign_in_at) if staff.last_sign_in_at else "–"
    facts = [
        (_("Sign-in name"), staff.sign_in_name),
        (_("Store"), staff.store_name or _("All stores")),
        (_("Signed in"), last),
    ]
    context = {"page_key": "accounts.me", "form": form, "staff": staff, "sign_in_facts": facts}
    return render(request, "accounts/me.html", context)


def _with_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """The look also lives in a cookie, so that the sign-in page has it too."""
    response.set_cookie("guibin_theme", theme, max_age=31_536_000, samesite="Lax")
    return response
