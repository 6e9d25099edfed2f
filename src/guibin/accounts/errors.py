"""Refusals of this slice, named for the wish that failed."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, Forbidden, Invalid, NotFound


class StaffUnknown(NotFound):
    code = "accounts.staff_unknown"
    message = _("There is no such member of staff.")


class StoreUnknown(NotFound):
    code = "accounts.store_unknown"
    message = _("There is no such store.")


class DepartmentUnknown(NotFound):
    code = "accounts.department_unknown"
    message = _("There is no such department.")


class RoleUnknown(NotFound):
    code = "accounts.role_unknown"
    message = _("There is no role %(role)s.")


class KeyUnknown(NotFound):
    code = "accounts.key_unknown"
    message = _("There is no such API key.")


class SignInNameTaken(Conflict):
    code = "accounts.sign_in_name_taken"
    message = _("The sign-in name %(name)s is already in use.")


class SignInNameInvalid(Invalid):
    code = "accounts.sign_in_name_invalid"
    message = _("A sign-in name has 2 to 60 letters, digits, dots, hyphens or underscores.")


class EmailTaken(Conflict):
    code = "accounts.email_taken"
    message = _("Another member of staff already has this e-mail address.")


class PasswordTooWeak(Invalid):
    code = "accounts.password_too_weak"
    message = _("%(reasons)s")


class RoleAboveOwn(Forbidden):
    code = "accounts.role_above_own"
    message = _("You cannot give or manage a role that may do more than yours.")


class LastOwner(Conflict):
    code = "accounts.last_owner"
    message = _("This is the last owner. Make somebody else an owner first.")


class OwnAccount(Conflict):
    code = "accounts.own_account"
    message = _("You cannot switch off your own account or change your own role.")


class AlreadySetUp(Conflict):
    code = "accounts.already_set_up"
    message = _("This shop already has an owner. Sign in, or ask the owner for a link.")


class StaffInactive(Conflict):
    code = "accounts.staff_inactive"
    message = _("This account is switched off. Switch it on first.")


class StoreNameTaken(Conflict):
    code = "accounts.store_name_taken"
    message = _("There is already a store with this code or name.")


class DepartmentNameTaken(Conflict):
    code = "accounts.department_name_taken"
    message = _("There is already a department of this name there.")


class DepartmentInUse(Conflict):
    code = "accounts.department_in_use"
    message = _("People or departments still belong to it. Move them first.")


class DepartmentLoop(Conflict):
    code = "accounts.department_loop"
    message = _("A department cannot lie inside itself.")


class ValueInvalid(Invalid):
    code = "accounts.value_invalid"
    message = _("%(value)s is not a possible value here.")


class ScopeAboveOwn(Forbidden):
    code = "accounts.scope_above_own"
    message = _("A key cannot do more than you may do yourself.")


class KeyRejected(Forbidden):
    code = "accounts.key_rejected"
    message = _("This API key is unknown, expired or withdrawn.")
    status = 401
