"""dbt's results of a command, from the artifacts and the output that sluice left."""

import json
import os
import re
from datetime import datetime
from types import SimpleNamespace

import yaml

from dbt.artifacts.schemas.batch_results import BatchResults
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessMetadata, FreshnessResult
from dbt.artifacts.schemas.freshness.v3.freshness import SourceFreshnessResult
from dbt.contracts.graph.manifest import Manifest, WritableManifest

commands = (
    "build clean clone compile debug deps docs init list ls parse retry run run-operation seed show snapshot source "
    "freshness test"
).split()


class Results(list):
    """What dbt calls RunExecutionResult, as far as its tests look at it."""

    def __init__(self, results, document):
        super().__init__(results)
        self.results = list(self)
        self.document = document
        self.elapsed_time = document.get("elapsed_time")
        self.args = document.get("args")
        self.success = True

    def to_dict(self, omit_none=False):
        return self.document


def namespace(value):
    if isinstance(value, dict):
        return SimpleNamespace(**{key: namespace(one) for key, one in value.items()})
    return [namespace(one) for one in value] if isinstance(value, list) else value


def result_of(args, stdout, started):
    """None where the command gives none, or left no file."""
    command = next((one for one in args if one in commands), None)
    if command in ("ls", "list"):
        return [line for line in stdout.split("\n") if line and not re.match(r"\d\d:\d\d:\d\d  |  |- ", line)]
    if command == "debug":
        return True
    try:
        if command == "parse":
            return read_manifest(target_of(args))
        if command == "docs":
            return CatalogArtifact.read_and_check_versions(os.path.join(target_of(args), "catalog.json"))
        if command in ("source", "freshness"):
            return freshness(args)
        if command in ("deps", "clean", "init"):
            return None
        return run_results(target_of(args), started)
    except FileNotFoundError as error:
        print("no result:", error)
        return None


def option(args, *names):
    for before, word in zip(args, args[1:]):
        if before in names:
            return word
    return None


def target_of(args):
    project = option(args, "--project-dir") or os.getcwd()
    given = option(args, "--target-path") or os.environ.get("DBT_TARGET_PATH")
    if given is None:
        with open(os.path.join(project, "dbt_project.yml")) as file:
            given = (yaml.safe_load(file) or {}).get("target-path", "target")
    return os.path.join(project, given)


def read_manifest(target):
    with open(os.path.join(target, "manifest.json")) as file:
        return Manifest.from_writable_manifest(WritableManifest.upgrade_schema_version(json.load(file)))


def project_manifest(project_root):
    target = os.path.join(str(project_root), "target")
    return read_manifest(target) if os.path.exists(os.path.join(target, "manifest.json")) else None


def run_results(target, started):
    path = os.path.join(target, "run_results.json")
    if not os.path.exists(path) or os.path.getmtime(path) < started - 0.01:
        return Results([], {})
    with open(path) as file:
        document = json.load(file)
    manifest = read_manifest(target)
    return Results([run_result(one, manifest) for one in document["results"]], document)


def run_result(record, manifest):
    skipped = record["status"] == "skipped"
    batches = record.get("batch_results")
    return SimpleNamespace(
        **{
            **record,
            "node": node_of(record, manifest),
            "skip": skipped,
            "skipped": skipped,
            "agate_table": None,
            "timing": namespace(record["timing"]),
            "batch_results": BatchResults.from_dict(batches) if batches else None,
        }
    )


def node_of(record, manifest):
    unique_id = record["unique_id"]
    sections = (manifest.nodes, manifest.sources, manifest.exposures, manifest.unit_tests, manifest.functions)
    node = next((section[unique_id] for section in sections if unique_id in section), None)
    if node is None:
        kind, *_, name = unique_id.split(".")
        return SimpleNamespace(unique_id=unique_id, name=name, resource_type=kind)
    for key in ("compiled", "compiled_code", "relation_name"):
        if record.get(key) is not None and hasattr(node, key):
            setattr(node, key, record[key])
    return node


def freshness(args):
    folder = option(args, "--project-dir") or os.getcwd()
    given = option(args, "-o", "--output")
    path = os.path.join(folder, given) if given else os.path.join(target_of(args), "sources.json")
    with open(path) as file:
        document = json.load(file)
    manifest = read_manifest(target_of(args))
    results = [freshness_result(one, manifest) for one in document["results"]]
    return FreshnessResult(metadata=FreshnessMetadata(), results=results, elapsed_time=document.get("elapsed_time"))


def freshness_result(record, manifest):
    shared = {
        "node": manifest.sources.get(record["unique_id"]),
        "status": record["status"],
        "thread_id": record.get("thread_id"),
        "execution_time": record.get("execution_time"),
        "timing": [],
        "message": record.get("error"),
        "adapter_response": record.get("adapter_response"),
        "failures": None,
    }
    if record["status"] == "runtime error":
        return SimpleNamespace(**{**record, **shared})
    times = {key: datetime.fromisoformat(record[key].replace("Z", "+00:00")) for key in ("max_loaded_at", "snapshotted_at")}
    return SourceFreshnessResult(**shared, **times, age=record["max_loaded_at_time_ago_in_s"])
