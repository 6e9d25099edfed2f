"""A small load generator: a few clients on kept connections, each asking again as soon as it is answered."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Load:
    """What the clients saw; times in milliseconds. ``statuses`` counts answers by HTTP status."""

    seconds: float
    requests: int
    p50: float
    p95: float
    p99: float
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.statuses.get(200, 0) / self.seconds


def ask_for(seconds: float, port: int, requests: Sequence[bytes], *, clients: int) -> Load:
    """Send ``requests`` over and over from ``clients`` for ``seconds``, then stop."""
    return asyncio.run(_ask(seconds, port, requests, clients))


async def _ask(seconds: float, port: int, requests: Sequence[bytes], clients: int) -> Load:
    times: list[float] = []
    statuses: dict[int, int] = {}
    began = time.perf_counter()
    asking = [
        _client(began + seconds, port, requests[number::clients], times, statuses)
        for number in range(clients)
    ]
    await asyncio.gather(*asking)
    spent = time.perf_counter() - began
    p50, p95, p99 = (float(value) * 1000 for value in np.percentile(times, [50, 95, 99]))
    return Load(spent, len(times), round(p50, 2), round(p95, 2), round(p99, 2), statuses)


async def _client(
    until: float, port: int, requests: Sequence[bytes], times: list[float], statuses: dict[int, int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    at = 0
    while (began := time.perf_counter()) < until:
        writer.write(requests[at % len(requests)])
        status = await _read(reader)
        times.append(time.perf_counter() - began)
        statuses[status] = statuses.get(status, 0) + 1
        at += 1
    writer.close()
    await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> int:
    """One whole answer; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    start = head.find(b"\r\ncontent-length:")
    if start >= 0:
        await reader.readexactly(int(head[start + 17 : head.index(b"\r\n", start + 2)]))
    elif b"chunked" in head:
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return status


def request(path: str, *, port: int, **headers: str) -> bytes:
    """A GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
