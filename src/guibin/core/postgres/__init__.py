"""The embedded PostgreSQL: started on first use, stopped with its last user, safe against kill -9.

``hold(home)`` makes, starts or joins the server of a ``GUIBIN_HOME``; the keeper (``keeper.py``) is the
parent of the server and stops it after the last holder. Nothing here needs Django.
"""

from guibin.core.postgres.errors import PostgresError
from guibin.core.postgres.holders import Hold, embedded_urls, hold
from guibin.core.postgres.places import default_home
from guibin.core.postgres.safety import Danger, check_server

__all__ = ["Danger", "Hold", "PostgresError", "check_server", "default_home", "embedded_urls", "hold"]
