"""DuckDB lets one process write a file at a time: what the tests' process has open is closed before sluice runs.

Connections of dbt's adapter are opened anew when they are needed; those that tests made, at their next use. A database
in memory would be another one in each process: a file of that name stands for it.
"""

import importlib.util
import inspect
import os
import weakref

import yaml

import dbt.tests.fixtures.project as fixtures

opened = []
lazy = []


class LazyConnection:
    """A connection that a test made."""

    def __init__(self, connect, args, options):
        self._connect = lambda: connect(*args, **options)
        self._real = self._connect()
        self._is_over = False
        lazy.append(weakref.ref(self))

    def _let_go(self):
        if self._real is not None:
            self._real.close()
        self._real = None

    def close(self):
        self._is_over = True
        self._let_go()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if self._real is None and not self._is_over:
            self._real = self._connect()
        return getattr(self._real, name)


def let_go():
    """Closes every connection of this process to a file of DuckDB's."""


def close_all():
    from dbt.adapters.contracts.connection import ConnectionState
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import FACTORY

    for adapter in FACTORY.adapters.values():
        if adapter.type() != "duckdb":
            continue
        for connection in adapter.connections.thread_connections.values():
            connection.state = ConnectionState.CLOSED
            connection.handle = None
            connection.transaction_open = False
        adapter.connections.thread_connections.clear()
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.handle_count = 0
        environment.close()
        DuckDBConnectionManager._ENV = None
    while opened:
        opened.pop().close()
    for reference in lazy:
        connection = reference()
        if connection is not None:
            connection._let_go()


def patch():
    import duckdb
    from dbt.adapters.duckdb.environments.local import LocalEnvironment

    plain_connect, plain_handle, plain_write = duckdb.connect, LocalEnvironment.handle, fixtures.write_file

    def connect(*args, **options):
        path = str(args[0] if args else options.get("database", ":memory:"))
        if "/dbt/adapters/" in inspect.stack()[1].filename:
            opened.append(plain_connect(*args, **options))
            return opened[-1]
        return plain_connect(*args, **options) if path in ("", ":memory:") else LazyConnection(plain_connect, args, options)

    def handle(self):
        made = plain_handle(self)
        opened.append(made._cursor._cursor)
        return made

    def write_file(text, *path):
        return plain_write(with_files(text, str(path[0])) if path[-1] == "profiles.yml" else text, *path)

    duckdb.connect = connect
    LocalEnvironment.handle = handle
    fixtures.write_file = write_file


def with_files(text, folder):
    profiles = yaml.safe_load(text)
    outputs = [
        output
        for profile in profiles.values()
        if isinstance(profile, dict)
        for output in (profile.get("outputs") or {}).values()
    ]
    for output in outputs:
        if isinstance(output, dict) and output.get("type") == "duckdb" and output.get("path", ":memory:") == ":memory:":
            output["path"] = os.path.join(folder, "memory.db")
            if output.get("database") == "memory":
                del output["database"]
    return yaml.safe_dump(profiles)


if importlib.util.find_spec("dbt.adapters.duckdb") is not None:
    patch()
    let_go = close_all
