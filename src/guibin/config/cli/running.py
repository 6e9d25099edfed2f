"""serve and worker: the product as processes."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import click
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guibin.core.cli import command, option, say

READY_SECONDS_MAX = 120.0
ROLES = {"owner": _("owner"), "manager": _("manager"), "agent": _("agent")}
Function = Callable[..., Any]


def port_option(function: Function) -> Function:
    return option(
        "--port",
        type=click.IntRange(1, 65_535),
        default=8000,
        envvar="PORT",
        show_default=True,
        help=_("The port to listen on; PORT does the same."),
    )(function)


def host_option(function: Function) -> Function:
    return option(
        "--host",
        default="127.0.0.1",
        envvar="GUIBIN_HOST",
        show_default=True,
        help=_("The address to listen on; others reach it only if it is not local."),
    )(function)


def check_free(host: str, port: int) -> None:
    """Say early that the port is taken, before anything long is done."""
    from guibin.config.web_server import check_port

    check_port(host, port)


@command("serve", help=_("Run the web server and the worker until Ctrl-C."))
@host_option
@port_option
@option("--workers", type=int, default=1, envvar="GUIBIN_WORKERS", help=_("How many worker processes."))
@option("--reload", is_flag=True, help=_("For development: load changed code at once."))
def serve(*, host: str, port: int, workers: int, reload: bool) -> None:
    from guibin.config import install

    check_free(host, port)
    install.install(say)
    serve_until_ended(host, port, workers=workers, reload=reload)


def serve_until_ended(
    host: str,
    port: int,
    *,
    workers: int = 1,
    reload: bool = False,
    hints: Sequence[str] = (),
) -> None:
    """Supervise web and worker; print the address once it answers."""
    from guibin.config.supervisor import Supervisor, children

    shown = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    supervisor = Supervisor(children(host, port, workers=workers, reload=reload), tell=say)

    def announce() -> None:
        if _wait_until_it_answers(shown, supervisor.is_ending):
            _introduce(shown, hints)

    say(_("Starting web server and worker…"))
    supervisor.run(on_start=announce)
    say(_("Stopped."))


def _introduce(address: str, hints: Sequence[str]) -> None:
    language = os.environ.get("LANGUAGE", "")
    from django.utils import translation

    translation.activate("zh-hans" if language.startswith("zh") else "en")
    say("")
    say(gettext("  Guibin is running: %(address)s") % {"address": address})
    for line in hints:
        say(line)
    say(gettext("  End it with Ctrl-C."))


def sign_in_lines(sign_ins: Sequence[tuple[str, str, str]]) -> list[str]:
    """(role, sign-in name, password), one line each."""
    lines = []
    for role, name, password in sign_ins:
        labels = ROLES.get(role, role), gettext("sign-in name"), gettext("password")
        lines.append(f"    {labels[0]}   {labels[1]} {name}   {labels[2]} {password}")
    return lines


def _wait_until_it_answers(address: str, is_ending: Callable[[], bool]) -> bool:
    import urllib.error
    import urllib.request

    until = time.monotonic() + READY_SECONDS_MAX
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and not is_ending():
        try:
            opener.open(address, timeout=10).close()
        except urllib.error.HTTPError:
            return True  # it answers, if only to say no
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False


@command("worker", help=_("Run jobs and the schedule until Ctrl-C."))
@option("--once", is_flag=True, help=_("Stop when no job is due any more."))
def worker(*, once: bool) -> None:
    from guibin.config.lifeline import follow_lifeline
    from guibin.config.worker import work

    follow_lifeline()
    work(wait=not once)
