import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { semanticManifest } from '../../src/artifacts/semantic-manifest.ts';
import { PyDict, PyFloat } from '../../src/jinja/values.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { parseDirectory } from './rig.ts';

/**
 * `fixtures/<project>.golden.json` is what dbt-core 1.11.16 with dbt-duckdb 1.11.1 wrote for `fixtures/<project>` by
 * `dbt parse --no-partial-parse`: the resources of the project and its package, without times and paths of the
 * machine.
 */
type Golden = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const directory = join(import.meta.dirname, 'fixtures');
const ofTheMachine = new Set(['created_at', 'root_path', 'build_path', 'compiled_path']);
const goldenOf = (project: string): Golden =>
  JSON.parse(readFileSync(join(directory, `${project}.golden.json`), 'utf8')) as Golden;

const sections = {
  nodes: 'nodes',
  sources: 'sources',
  exposures: 'exposures',
  metrics: 'metrics',
  semantic_models: 'semanticModels',
  saved_queries: 'savedQueries',
  unit_tests: 'unitTests',
  functions: 'functions',
  groups: 'groups',
  docs: 'docs',
  macros: 'macros',
  disabled: 'disabled',
} as const satisfies Readonly<Record<string, keyof Manifest>>;
type Section = keyof typeof sections;

function published(resource: unknown): unknown {
  const text = JSON.stringify(resource, (key, value: unknown) => {
    if (ofTheMachine.has(key)) return undefined;
    if (value instanceof PyFloat) return value.value;
    return value instanceof PyDict ? Object.fromEntries(value.entries()) : value;
  });
  return JSON.parse(text) as unknown;
}

function keysOf(resource: unknown): readonly string[] {
  const one = (Array.isArray(resource) ? resource[0] : resource) as Record<string, unknown>;
  return [...Object.keys(one), ...Object.keys((one['config'] as object | undefined) ?? {})];
}

describe.each(['shop', 'market'])('the project %s', (project) => {
  const golden = goldenOf(project);
  let manifest: Manifest;

  beforeAll(() => {
    manifest = parseDirectory(join(directory, project)).manifest;
  });

  function sectionOf(section: Section): Readonly<Record<string, unknown>> {
    const entries: [string, unknown][] = [];
    for (const [id, resource] of manifest[sections[section]] as ReadonlyMap<string, unknown>) {
      if (!/^\w+\.dbt(_duckdb)?\./.test(id)) entries.push([id, published(resource)]);
    }
    return Object.fromEntries(entries);
  }

  const recorded = (Object.keys(sections) as Section[]).filter((section) => golden[section] !== undefined);

  describe.each(recorded)('%s', (section) => {
    test('are those that dbt finds', () => {
      expect(Object.keys(sectionOf(section)).sort()).toEqual(Object.keys(golden[section]!).sort());
    });

    const ids = Object.keys(golden[section]!);
    if (ids.length === 0) return;

    test.each(ids)('%s says what dbt says of it', (id) => {
      expect(sectionOf(section)[id]).toEqual(golden[section]![id]);
    });

    test.each(ids)('%s has its keys in the order of dbt', (id) => {
      expect(keysOf(sectionOf(section)[id])).toEqual(keysOf(golden[section]![id]));
    });
  });

  if (golden['semantic_manifest'] === undefined) return;

  test('has the semantic manifest of dbt', () => {
    expect(published(semanticManifest(manifest))).toEqual(golden['semantic_manifest']);
  });
});
