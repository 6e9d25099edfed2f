"""The web process: ``python -m guibin.config.web_server HOST PORT``, granian around the application."""

import gc
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from guibin.config.lifeline import follow_lifeline, follow_parent
from guibin.core.errors import Conflict

PARENT = "GUIBIN_WEB_PARENT"
THREADS = min(8, 2 * (os.cpu_count() or 1))
BACKLOG = 512


class PortTaken(Conflict):
    code = "config.port_taken"
    message = _(
        "Port %(port)s is taken by another program. Choose another one: "
        "PORT=%(other)s make demo, or guibin serve --port %(other)s."
    )


class PortForbidden(Conflict):
    code = "config.port_forbidden"
    message = _("Port %(port)s on %(host)s cannot be opened (%(reason)s). Choose another one with PORT=.")


def check_port(host: str, port: int) -> None:
    """Raises ``PortTaken`` or ``PortForbidden`` when nobody could listen there now.

    Asked beforehand, because granian shares its port with any program of the same user.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as refused:
            if refused.errno == 98 or "in use" in str(refused):
                raise PortTaken(port=port, other=free_port(host, port)) from refused
            raise PortForbidden(port=port, host=host, reason=os.strerror(refused.errno or 0)) from refused


def free_port(host: str, after: int) -> int:
    """The next port that is free now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(after + 1, min(after + 200, 65_536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if probe.connect_ex((host, port)):
                return port
    return after + 1


def load_application() -> Callable[..., Any]:
    """The WSGI application, in the process that serves it."""
    parent = os.environ.get(PARENT)
    if parent and os.getpid() != int(parent):
        follow_parent(int(parent))
    from guibin.config.wsgi import application

    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    return application


def warm_up() -> None:
    """Load now, beside the first requests, what they would otherwise wait a second for."""
    from django.urls import get_resolver

    from guibin.insight import api as insight

    _ = get_resolver().url_patterns
    insight.load_engine()
    # What is loaded now stays for good: collecting garbage need not walk through it ever again.
    gc.collect()
    gc.freeze()


def serve(host: str, port: int, *, processes: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ[PARENT] = str(os.getpid())
    Granian(
        "guibin.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve(target_loader=load_application, wrap_loader=False)


if __name__ == "__main__":
    follow_lifeline()
    serve(sys.argv[1], int(sys.argv[2]), processes=int(os.environ.get("GUIBIN_WEB_PROCESSES") or "1"))
