import { DiagnosticError } from '../core/diagnostic.ts';
import { type Span, spanOfLine } from '../core/span.ts';
import { type YamlPath, yamlSpan } from '../project/yaml/locate.ts';
import { readYaml } from '../project/yaml/read-yaml.ts';
import type { AnyNode, SourceNode, TestNode } from './node.ts';
import { isRecord, type PlainRecord } from './record.ts';

/**
 * Where a node is defined in its file, whose text this is: the item of a generic test or a unit test in YAML, else the
 * first line. As exact as it can be told without templates: a test that is written twice is found by its arguments.
 */
export function definitionPlace(node: AnyNode, text: string): Span {
  const file = node.original_file_path;
  const path = /\.ya?ml$/.test(file) ? pathOf(node, text) : null;
  return path === null ? spanOfLine(file, text, 1) : yamlSpan(file, text, path, 'key');
}

/** Where a source's table is defined in its file, whose text this is. */
export function sourcePlace(source: SourceNode, text: string): Span {
  const file = source.original_file_path;
  const entry = named(readData(text, file), 'sources', source.source_name);
  const table = entry === null || !isRecord(entry.value) ? null : named(entry.value, 'tables', source.name);
  const path = [...(entry?.path ?? []), ...(table?.path ?? [])];
  return yamlSpan(file, text, path, 'key');
}

function pathOf(node: AnyNode, text: string): YamlPath | null {
  const data = readData(text, node.original_file_path);
  if (node.resource_type === 'unit_test') return named(data, 'unit_tests', node.name)?.path ?? null;
  if (node.resource_type !== 'test' || typeof node.file_key_name !== 'string') return null;
  const [section, ...name] = node.file_key_name.split('.');
  const entry = named(data, section!, name.join('.'));
  if (entry === null) return null;
  const written = testsIn(entry.value, entry.path, { column: null, table: null }).filter((one) =>
    isOf(node, one),
  );
  const best = written.find(({ item }) => sameArguments(node, item)) ?? written[0];
  return best?.path ?? entry.path;
}

/** A file that was read before is read again here; it may have changed since. */
function readData(text: string, file: string): PlainRecord {
  try {
    const { data } = readYaml(text, file);
    return isRecord(data) ? data : {};
  } catch (caught) {
    if (caught instanceof DiagnosticError) return {};
    throw caught;
  }
}

function named(data: PlainRecord, section: string, name: string): { path: YamlPath; value: unknown } | null {
  const entries = Object.hasOwn(data, section) ? data[section] : null;
  if (!Array.isArray(entries)) return null;
  const index = entries.findIndex((entry) => isRecord(entry) && String(entry['name']) === name);
  return index < 0 ? null : { path: [section, index], value: entries[index] };
}

interface Owner {
  readonly column: string | null;
  readonly table: string | null;
}

interface WrittenTest extends Owner {
  readonly path: YamlPath;
  readonly item: unknown;
}

/** Every test below an entry: its own, those of its columns, versions and tables. */
function testsIn(value: unknown, path: YamlPath, owner: Owner): readonly WrittenTest[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, list]) => {
    if (!Array.isArray(list)) return [];
    if (key === 'tests' || key === 'data_tests') {
      return list.map((item: unknown, index) => ({ ...owner, item, path: [...path, key, index] }));
    }
    if (key !== 'columns' && key !== 'tables' && key !== 'versions') return [];
    return list.flatMap((below: unknown, index) => {
      const name = isRecord(below) ? String(below['name']) : null;
      const inner =
        key === 'columns' ? { ...owner, column: name } : key === 'tables' ? { ...owner, table: name } : owner;
      return testsIn(below, [...path, key, index], inner);
    });
  });
}

function isOf(node: TestNode, { item, column, table }: WrittenTest): boolean {
  const { name, namespace } = node.test_metadata ?? { name: '', namespace: null };
  const wanted = namespace === null ? name : `${namespace}.${name}`;
  const [source] = node.sources;
  return (
    typeOf(item) === wanted &&
    column === (node.column_name?.replace(/^["`](.*)["`]$/, '$1') ?? null) &&
    (table === null || source === undefined || source[1] === table)
  );
}

function typeOf(item: unknown): string | null {
  if (typeof item === 'string') return item;
  if (!isRecord(item)) return null;
  return String(Object.hasOwn(item, 'test_name') ? item['test_name'] : Object.keys(item)[0]);
}

/** Whether a test's arguments stand in this item, in any of the spellings. */
function sameArguments(node: TestNode, item: unknown): boolean {
  const inner = isRecord(item) && !Object.hasOwn(item, 'test_name') ? Object.values(item)[0] : item;
  const beside = isRecord(inner) ? inner : {};
  if (Object.hasOwn(beside, 'name')) return beside['name'] === node.name;
  const given: PlainRecord = isRecord(beside['arguments']) ? { ...beside, ...beside['arguments'] } : beside;
  return Object.entries(node.test_metadata?.kwargs ?? {}).every(
    ([name, value]) =>
      name === 'model' || name === 'column_name' || JSON.stringify(given[name]) === JSON.stringify(value),
  );
}
