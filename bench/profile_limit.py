"""The limit of J3: granian's own protocol, asynchronous PostgreSQL, one prepared statement, no checks.

``python -m bench.profile_limit PORT``. Connections are taken from a fixed set, never opened by a request.
"""

import asyncio
import json
import os
import sys
from typing import Any

import psycopg
from psycopg.rows import tuple_row

CONNECTIONS = 8
ONE = """
SELECT c.number, c.status, c.city, c.joined_on::text, f.facts::text, s.level, s.gap_permille, s.receipt::text
FROM customers_customer c
LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
LEFT JOIN loyalty_standing s ON s.customer_id = c.id
WHERE c.number = %s
"""


class Limit:
    """``/customers/NUMBER`` as JSON."""

    def __init__(self) -> None:
        self.free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] | None = None
        self.opening = asyncio.Lock()

    async def _open(self) -> "asyncio.LifoQueue[psycopg.AsyncConnection[Any]]":
        async with self.opening:
            if self.free is None:
                free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()
                for _each in range(CONNECTIONS):
                    link = await psycopg.AsyncConnection.connect(
                        os.environ["DATABASE_URL"],
                        autocommit=True,
                        prepare_threshold=0,
                        row_factory=tuple_row,
                    )
                    free.put_nowait(link)
                self.free = free
        return self.free

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        free = self.free or await self._open()
        link = await free.get()
        try:
            found = await link.execute(ONE, [scope.path.rpartition("/")[2]])
            row = await found.fetchone()
        finally:
            free.put_nowait(link)
        if row is None:
            protocol.response_empty(404, [])
            return
        number, status, city, joined, facts, level, gap, receipt = row
        standing = (
            "null" if receipt is None else f'{{"level":{json.dumps(level)},"gap":{gap},"receipt":{receipt}}}'
        )
        text = (
            f'{{"number":"{number}","status":"{status}","city":{json.dumps(city)},'
            f'"joined_on":{json.dumps(joined)},"facts":{facts or "null"},"standing":{standing}}}'
        )
        protocol.response_bytes(200, [("content-type", "application/json")], text.encode())


app = Limit()


def main(port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from guibin.config.lifeline import follow_lifeline

    follow_lifeline()
    Granian(
        "bench.profile_limit:app",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
