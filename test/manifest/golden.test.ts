import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PyDict, PyFloat } from '../../src/jinja/values.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { parseDirectory } from './rig.ts';

/**
 * `fixtures/shop.golden.json` is what dbt-core 1.11.16 with dbt-duckdb 1.11.1 wrote for `fixtures/shop` by
 * `dbt parse --no-partial-parse`: the resources of the project and its package, without times and paths of the
 * machine.
 */
type Golden = Readonly<Record<Section, Readonly<Record<string, unknown>>>>;
type Section = 'nodes' | 'sources' | 'exposures' | 'groups' | 'docs' | 'macros' | 'disabled';

const directory = join(import.meta.dirname, 'fixtures');
const golden = JSON.parse(readFileSync(join(directory, 'shop.golden.json'), 'utf8')) as Golden;
const ownPackages = new Set(['shop', 'tools']);
const ofTheMachine = new Set(['created_at', 'root_path', 'build_path', 'compiled_path']);
let manifest: Manifest;

beforeAll(() => {
  manifest = parseDirectory(join(directory, 'shop')).manifest;
});

function published(resource: unknown): unknown {
  const text = JSON.stringify(resource, (key, value: unknown) => {
    if (ofTheMachine.has(key)) return undefined;
    if (value instanceof PyFloat) return value.value;
    return value instanceof PyDict ? Object.fromEntries(value.entries()) : value;
  });
  return JSON.parse(text) as unknown;
}

function sectionOf(section: Section): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  for (const [id, resource] of manifest[section] as ReadonlyMap<string, unknown>) {
    if (ownPackages.has(id.split('.')[1]!)) entries.push([id, published(resource)]);
  }
  return Object.fromEntries(entries);
}

const sections: readonly Section[] = [
  'nodes',
  'sources',
  'exposures',
  'groups',
  'docs',
  'macros',
  'disabled',
];

describe.each(sections)('%s of a project that uses everything', (section) => {
  test('are those that dbt finds', () => {
    expect(Object.keys(sectionOf(section)).sort()).toEqual(Object.keys(golden[section]).sort());
  });

  test.each(Object.keys(golden[section]))('%s says what dbt says of it', (id) => {
    expect(sectionOf(section)[id]).toEqual(golden[section][id]);
  });

  test.each(Object.keys(golden[section]))('%s has its keys in the order of dbt', (id) => {
    const keys = (resource: unknown): string[] => {
      const one = (Array.isArray(resource) ? resource[0] : resource) as Record<string, unknown>;
      return [...Object.keys(one), ...Object.keys((one['config'] as object | undefined) ?? {})];
    };
    expect(keys(sectionOf(section)[id])).toEqual(keys(golden[section][id]));
  });
});
