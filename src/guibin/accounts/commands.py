"""Command line: hand out a sign-in link when nobody can sign in."""

from django.utils.translation import gettext_lazy as _

from guibin.core.cli import argument, group, json_option, print_json, say


@group("staff", help=_("People who sign in."))
def staff() -> None:
    pass


@staff.command("link", help=_("Print a one-time link with which SIGN_IN_NAME sets a new password."))
@argument("sign_in_name")
@json_option
def link(sign_in_name: str, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    from guibin.accounts import queries
    from guibin.accounts.errors import StaffUnknown
    from guibin.accounts.operations.staff import issue_link
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM

    person = queries.find_staff(sign_in_name)
    if person is None:
        raise StaffUnknown
    invitation = issue_link(staff_id=person.id, actor=SYSTEM, at=now())
    if as_json:
        print_json({"path": invitation.path, "expires_at": invitation.expires_at})
    else:
        say(_("Open this path on the address of Guibin; it works once:"))
        print(invitation.path)  # noqa: T201 - the answer itself


COMMANDS = (staff,)
