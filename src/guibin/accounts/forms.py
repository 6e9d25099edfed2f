"""Forms of this slice. What they accept, operations check again."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from guibin.accounts import passwords, queries
from guibin.accounts.models import STORE_KINDS
from guibin.accounts.signin import currency_choices, zone_choices
from guibin.core.manifest import all_permissions
from guibin.core.permissions import Actor

LANGUAGE_CHOICES = [("zh-hans", "简体中文"), ("en", "English")]
THEME_CHOICES = [("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]
KIND_WORDS = {
    "shop": _("Shop"),
    "online": _("Web shop"),
    "popup": _("Pop-up shop"),
    "warehouse": _("Warehouse"),
    "office": _("Office"),
}
KIND_CHOICES = [(code, KIND_WORDS[code]) for code in STORE_KINDS]


def _plain(form: Any) -> None:
    """Labels say what a field is; a placeholder in its place would vanish while one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def _ask_new_password(form: Any) -> None:
    """The two fields of a new password, in our words."""
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = passwords.HELP
    form.fields["password2"].label = _("New password again")
    _plain(form)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Sign-in name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        self.fields["login"].widget.attrs.update({"autofocus": True, "autocapitalize": "none"})
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        _plain(self)


class PasswordLinkForm(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Where to send a link, where there is mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        _plain(self)


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """A password for somebody who came by a one-time link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_new_password(self)


class PasswordChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """A new password for somebody who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        _ask_new_password(self)


class PasswordSetForm(SetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """A first password for somebody who is signed in without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_new_password(self)


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)
    theme = forms.ChoiceField(label=_("Look"), choices=THEME_CHOICES)


class StaffForm(forms.Form):
    """An account; the sign-in name only when it is new."""

    display_name = forms.CharField(label=_("Full name"), max_length=80)
    sign_in_name = forms.CharField(
        label=_("Sign-in name"),
        max_length=60,
        help_text=_("What they type to sign in, for example the pinyin of their name. It stays."),
    )
    role_code = forms.ChoiceField(label=_("Role"))
    store_id = forms.TypedChoiceField(
        label=_("Store"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("An agent sees the customers of this store. Without a store: of all stores."),
    )
    department_id = forms.TypedChoiceField(
        label=_("Department"), required=False, coerce=int, empty_value=None
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=20)

    def __init__(self, *args: Any, actor: Actor, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["sign_in_name"]
        grantable = [
            (role.code, role.name)
            for role in queries.list_roles()
            if actor.permissions.issuperset(grant.code for grant in role.grants)
        ]
        stores = [(store.id, store.name) for store in queries.list_stores()]
        departments = [(d.id, "　" * d.depth + d.name) for d in queries.list_departments()]
        _set_choices(self, "role_code", grantable)
        _set_choices(self, "store_id", [("", _("All stores")), *stores])
        _set_choices(self, "department_id", [("", _("No department")), *departments])


class StoreForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("As in your till or files. Left empty, the next free one is used."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KIND_CHOICES, initial="shop")
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Only if this store lies in another zone than the organisation."),
    )
    is_active = forms.BooleanField(label=_("Open for business"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self, "time_zone", [("", _("As the organisation")), *zone_choices()])


class DepartmentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    parent_id = forms.TypedChoiceField(label=_("Part of"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, without: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = [(d.id, "　" * d.depth + d.name) for d in queries.list_departments() if d.id != without]
        _set_choices(self, "parent_id", [("", _("Top level")), *nodes])


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name of the shop"), max_length=120)
    base_currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("All amounts are compared in this currency.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Decides when a business day begins and ends.")
    )
    as_of_on = forms.DateField(
        label=_("Count up to"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Empty: today. Set it when your data ends earlier, so that nobody looks lost by mistake."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = str(self.initial.get("base_currency", ""))
        currencies = currency_choices()
        if current and current not in dict(currencies):
            currencies.append((current, current))
        _set_choices(self, "base_currency", currencies)
        _set_choices(self, "time_zone", zone_choices())


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("For example: till of the lake store.")
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    store_ids = forms.TypedMultipleChoiceField(
        label=_("Only these stores"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all stores."),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until it is withdrawn."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = [(p.code, p.label) for p in all_permissions() if actor.may(p)]
        _set_choices(self, "scopes", scopes)
        _set_choices(self, "store_ids", [(store.id, store.name) for store in queries.list_stores()])


def _set_choices(form: forms.Form, name: str, choices: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
