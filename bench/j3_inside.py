"""Runs in the scratch database: the demo shop, three servers, and clients who take turns with them."""

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.j3 import CLIENTS, MEMBERS, ROUNDS, SECONDS  # noqa: E402
from bench.load import Load, ask_for, request  # noqa: E402
from guibin.accounts import api as accounts  # noqa: E402
from guibin.config.demo.load import load_shop  # noqa: E402
from guibin.config.lifeline import LIFELINE  # noqa: E402
from guibin.config.migration import migrate  # noqa: E402
from guibin.core import preferences  # noqa: E402
from guibin.core.clock import now  # noqa: E402
from guibin.core.permissions import SYSTEM  # noqa: E402
from guibin.customers import api as customers  # noqa: E402
from guibin.customers.models import Customer  # noqa: E402
from guibin.loyalty import api as loyalty  # noqa: E402
from guibin.purchases.models import Order  # noqa: E402
from guibin.web.settings import REQUESTS_A_MINUTE  # noqa: E402

SEED = 3
OTHER_LANGUAGE = "guibin-bench=1"
"""Any cookie sends the question through Django, whatever it says."""


def main() -> dict[str, object]:
    migrate()
    shop = load_shop(members=MEMBERS)
    password = next(one.password for one in shop.sign_ins if one.name == "owner")
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    numbers = list(Customer.objects.order_by("pk").values_list("number", flat=True))
    random.Random(SEED).shuffle(numbers)
    found: dict[str, object] = {"customers": len(numbers), "orders": Order.objects.count()}
    with ExitStack() as stack:
        limit = stack.enter_context(_server("bench.profile_limit", "{port}"))
        ours = stack.enter_context(_server("guibin.config.web_server", "127.0.0.1", "{port}"))
        found |= _take_turns(numbers, password, limit, ours)
    return found


def _take_turns(numbers: list[str], password: str, limit: int, ours: int) -> dict[str, dict[str, float]]:
    """Every question in turn, so that a noisy machine is noisy to all; medians of the rounds."""
    key = {"Authorization": f"Bearer {_key()}"}
    session = {"Cookie": _cookies(numbers[0], password)}
    profile = [f"/api/v1/customers/{number}/profile" for number in numbers]
    asked = {
        "limit": (limit, [request(f"/customers/{n}", port=limit) for n in numbers]),
        "profile": (ours, [request(path, port=ours, **key) for path in profile]),
        "django": (ours, [request(path, port=ours, Cookie=OTHER_LANGUAGE, **key) for path in profile]),
        "page": (ours, [request(f"/customers/{n}/", port=ours, **session) for n in numbers]),
    }
    loads: dict[str, list[Load]] = {name: [] for name in asked}
    for turn in range(ROUNDS + 1):
        for name, (port, requests) in asked.items():
            load = ask_for(SECONDS if turn else 1, port, requests, clients=CLIENTS)
            if set(load.statuses) != {200}:
                raise SystemExit(f"{name} answered {load.statuses}")
            if turn:
                loads[name].append(load)
    return {name: _median(rounds) for name, rounds in loads.items()}


def _median(rounds: list[Load]) -> dict[str, float]:
    return {
        name: round(statistics.median(getattr(load, name) for load in rounds), 2)
        for name in ("rate", "p50", "p95", "p99")
    }


def _key() -> str:
    """A key whose limit is not what stops it: it is counted all the same."""
    preferences.set_value(key=REQUESTS_A_MINUTE.key, value=REQUESTS_A_MINUTE.maximum, actor=SYSTEM, at=now())
    scopes = [customers.VIEW_CUSTOMER.code, loyalty.VIEW_VIPS.code]
    return accounts.create_key(name="bench", scopes=scopes, actor=SYSTEM, at=now()).token


def _cookies(number: str, password: str) -> str:
    """What a browser sends that has seen a page: its session and its token."""
    client = Client(headers={"host": "localhost"})
    client.post("/sign-in/", {"login": "owner", "password": password})
    client.get(f"/customers/{number}/")
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


@contextmanager
def _server(module: str, *arguments: str) -> Iterator[int]:
    """A server in a process of its own, ended with this one; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *(word.format(port=port) for word in arguments)],
        env={**os.environ, LIFELINE: str(reading), "PYTHONPATH": os.pathsep.join(sys.path)},
        pass_fds=[reading],
    )
    os.close(reading)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)
        os.close(writing)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("a server did not start")


if __name__ == "__main__":
    print(json.dumps(main()))
