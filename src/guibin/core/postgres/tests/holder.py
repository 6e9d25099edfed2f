"""A process of its own that holds the embedded server, for tests that kill things.

``python holder.py HOME`` holds until stdin closes. ``python holder.py HOME write`` also inserts rows until
then, printing each number once the database has confirmed it, and carries on through restarts.
"""

import json
import sys
import threading
import time
from pathlib import Path

import psycopg

from guibin.core.postgres import PostgresError, hold


def main(home: str, mode: str = "") -> int:
    try:
        held = hold(Path(home))
    except PostgresError as error:
        tell(json.dumps({"error": error.code, "sentence": str(error)}))
        return 4
    tell(json.dumps({"url": held.runtime_url, "owner": held.owner_url}))
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    if mode == "write":
        write_rows(held.owner_url, ended)
    ended.wait()
    held.release()
    return 0


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_rows(url: str, ended: threading.Event) -> None:
    number = 0
    while not ended.is_set():
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS row_written (number bigint)")
                while not ended.is_set():
                    number += 1
                    connection.execute("INSERT INTO row_written VALUES (%s)", [number])
                    tell(str(number))
        except psycopg.Error:
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
