"""`guibin vips`: who the VIPs are under a policy or a preset, with receipts."""

from datetime import date

from django.utils.translation import gettext_lazy

from guibin.core.cli import Exit, as_of_option, command, json_option, option, print_json


@command(
    "vips",
    help=gettext_lazy(
        "Say who the VIPs are, and why.\n\n"
        "--policy is a preset (cumulative, annual, monthly, frequency, score, combined, tiers) or the code "
        "of a saved policy; without it the policy in force decides. Nothing is written."
    ),
)
@option("--policy", "code", default="", help=gettext_lazy("A preset or a saved policy."))
@as_of_option
@json_option
def vips(*, code: str, as_of: date | None, as_json: bool) -> Exit | None:
    from guibin.console.vips import telling

    answer = telling.decide(code, as_of)
    if as_json:
        print_json(telling.as_json(answer))
        return None
    telling.print_table(answer)
    return None if answer.decided.members else Exit.NOTHING
