"""pytest plugin: dbt's own functional tests, with sluice in the place of dbt.

Every `dbtRunner.invoke()` runs sluice in a process of its own, and gives dbt's kinds of results, read from the
artifacts that it wrote. The tests are dbt's, in folders of their own; how they are run: CONTRIBUTING.md.

SUITE_PROGRAM  what runs in place of `node bin/sluice.js`: a path of `dbt` shows which tests fail by nature here
SUITE_EVENTS   if set, the events of each run are printed

Words are not compared: where a test looks for dbt's text in an error of ours, the difference is printed, and no failure.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import dbt.deprecations
import dbt.tests.util
from dbt.cli.main import dbtRunner, dbtRunnerResult

import sluice_duckdb
from sluice_failures import SluiceFailure, Words
from sluice_results import namespace, project_manifest, result_of

here = Path(__file__).resolve().parent
program = [os.environ["SUITE_PROGRAM"]] if "SUITE_PROGRAM" in os.environ else ["node", str(here.parents[2] / "bin/sluice.js")]
captured = []


def flag(key, value):
    name = key.replace("_", "-")
    if value is None:
        return []
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    if isinstance(value, (list, tuple)):
        return [word for one in value for word in (f"--{name}", str(one))]
    return [f"--{name}", json.dumps(value) if isinstance(value, dict) else str(value)]


def clock_offset():
    """Seconds by which a test has moved the clock, or the end of the batches that are built."""
    from unittest import mock

    from dbt.materializations.incremental.microbatch import MicrobatchBuilder

    try:
        from freezegun.api import real_time
    except ImportError:
        real_time = time.time
    if isinstance(MicrobatchBuilder.build_end_time, mock.Mock):
        from datetime import timezone

        end = MicrobatchBuilder.build_end_time.return_value
        return (end if end.tzinfo else end.replace(tzinfo=timezone.utc)).timestamp() - real_time()
    return time.time() - real_time()


def invoke(self, args=(), **settings):
    args = [str(one) for one in args]
    for key, value in settings.items():
        args += flag(key, value)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as events:
        environment = {**os.environ, "SLUICE_EVENT_LOG": events.name}
        offset = clock_offset()
        if abs(offset) > 30:
            environment["SUITE_CLOCK_OFFSET_MS"] = str(offset * 1000)
            environment["NODE_OPTIONS"] = f"--require {here / 'clock.cjs'}"
        sluice_duckdb.let_go()
        started = time.time()
        ran = subprocess.run(
            [*program, *args], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, timeout=120
        )
        tell_events(self, Path(events.name).read_text())
    for stream in (sys.stdout, *captured):
        stream.write(ran.stdout + ran.stderr)
    if ran.returncode not in (0, 1):
        return dbtRunnerResult(success=False, exception=SluiceFailure(ran.stdout + ran.stderr))
    return dbtRunnerResult(success=ran.returncode == 0, result=result_of(args, ran.stdout, started))


def tell_events(runner, text):
    names = {
        one._event: one._name
        for one in vars(dbt.deprecations).values()
        if isinstance(one, type) and getattr(one, "_event", None)
    }
    for line in text.splitlines():
        event = namespace(json.loads(line))
        if "SUITE_EVENTS" in os.environ:
            print("event:", event.info.level, event.info.name, event.info.msg[:200])
        if event.info.name in names:
            dbt.deprecations.active_deprecations[names[event.info.name]] += 1
        event.info.msg = Words(event.info.msg)
        for callback in runner.callbacks:
            callback(event)


class Raises:
    """`pytest.raises` that takes a failure of sluice for any of dbt's."""

    def __init__(self, expected, match):
        self.expected = expected
        self.match = match
        self.value = self.type = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, _):
        if kind is None:
            pytest.fail(f"did not raise {self.expected}")
        if not issubclass(kind, (SluiceFailure, *(self.expected if isinstance(self.expected, tuple) else (self.expected,)))):
            return False
        self.value, self.type = value, kind
        if self.match and not re.search(self.match, str(value)):
            print(f"words differ: {self.match!r} is not in {str(value)[-700:]!r}")
        return True


def raises(expected_exception, *args, match=None, **_):
    info = Raises(expected_exception, match)
    if not args:
        return info
    with info:
        args[0](*args[1:])
    return info


dbtRunner.invoke = invoke
dbt.tests.util.get_manifest = project_manifest
dbt.tests.util.capture_stdout_logs = captured.append
dbt.tests.util.stop_capture_stdout_logs = captured.clear
pytest.raises = raises
