import type { Span } from '../core/span.ts';
import type { Environment } from '../jinja/environment.ts';
import { checkConfig } from './config/check-config.ts';
import { configFields } from './config/fields.ts';
import type { Report } from './config/merge.ts';
import { describer } from './descriptions.ts';
import { addGenericTest, type TestSubject, testFolders } from './generic-tests.ts';
import type { NodeConfig, SourceNode } from './node.ts';
import type { ParseState } from './parse-state.ts';
import { fqnPrefix, withinFolder } from './paths.ts';
import { type ColumnEntry, type ColumnsContext, columnInfos, readColumns } from './properties/columns.ts';
import { entryLabel, placeIn, placeLater } from './properties/entry.ts';
import { loadedAtMissing, propertyInvalid } from './properties/errors.ts';
import { freshnessProblems, hasFreshness, mergeFreshness, sourceFreshness } from './properties/freshness.ts';
import { quotedColumn } from './properties/node-section.ts';
import { testsOf } from './properties/patch.ts';
import type { SourceTable } from './properties/source-tables.ts';
import { type Draft, isRecord, listOf, own, type PlainRecord, recordOf } from './record.ts';
import { publishedSourceName } from './source-relation.ts';
import type { ParsedSource } from './source-store.ts';
import { byCodePoint } from './test-names.ts';

/** Makes a source's table a node, its tests before it. */
export function parseSource(state: ParseState, found: SourceTable, environment: Environment): ParsedSource {
  const { entry, table, index } = found;
  const label = `table '${found.tableName}' of source '${entry.name}'`;
  const context: ColumnsContext = {
    label,
    packageName: entry.pack.name,
    place: (path, what) => placeIn(entry, ['tables', index, ...path], what),
  };
  const columns = readColumns(state, table['columns'], context);
  addTests(state, found, columns, environment);
  const node = sourceNode(state, found, context);
  node.columns = columnInfos(state, columns, context, describer(node.config.enabled));
  node.relation_name = publishedSourceName(state.relations, node as SourceNode);
  return { node, place: context.place([]) };
}

function sourceNode(state: ParseState, found: SourceTable, context: ColumnsContext): Draft<SourceNode> {
  const { entry, source, table, tableName, uniqueId } = found;
  const { pack, file } = entry;
  const inFolder = withinFolder(file.path, file.folder);
  const fqn = [...fqnPrefix(pack.name, inFolder), entry.name, tableName];
  checkFreshness(state, found);
  const patch = configOf(state, found, context);
  const report: Report = (diagnostic, key) => {
    const place = key === null ? null : configPlaceOf(found, context, key);
    const request = { type: 'source', packageName: pack.name, fqn } as const;
    if (place === null && key !== null && state.configs.tellInProject(request, diagnostic, key)) return;
    const message = `${diagnostic.message} (${context.label})`;
    state.found.add({ ...diagnostic, message, span: place ?? context.place([]) });
  };
  const request = { type: 'source' as const, packageName: pack.name, fqn, patch, calls: {}, report };
  const config = state.configs.merged(request);
  for (const { diagnostic, key } of checkConfig(config, configFields('source'))) report(diagnostic, key);
  tellUnasked(state, config, found, context);
  const sourceLabel = `source '${entry.name}'`;
  const describe = describer(config['enabled'] !== false);
  const description = describe(state, textOf(table['description']), pack.name, context.label, () =>
    context.place(['description'], 'value'),
  );
  const sourceDescription = describe(state, textOf(source['description']), pack.name, sourceLabel, () =>
    placeIn(entry, ['description'], 'value'),
  );
  const { raw } = entry;
  return {
    database: (source['database'] as string | undefined) || state.project.credentials.database,
    schema: (source['schema'] as string | undefined) || entry.name,
    name: tableName,
    resource_type: 'source',
    package_name: pack.name,
    path: file.path,
    original_file_path: file.path,
    unique_id: uniqueId,
    fqn,
    source_name: entry.name,
    source_description: sourceDescription.text,
    loader: textOf(source['loader']),
    identifier: (table['identifier'] as string | undefined) || tableName,
    quoting: quotingOf(source, table),
    loaded_at_field: config['loaded_at_field'] as string | null,
    loaded_at_query: config['loaded_at_query'] as string | null,
    freshness: config['freshness'] as PlainRecord | null,
    external: externalOf(table['external']),
    description: description.text,
    columns: {},
    meta: config['meta'] as PlainRecord,
    source_meta: { ...recordOf(source['meta']), ...recordOf(recordOf(source['config'])['meta']) },
    tags: config['tags'] as string[],
    config: config as unknown as NodeConfig,
    patch_path: null,
    unrendered_config: state.configs.unrendered(request),
    relation_name: null,
    created_at: state.createdAt,
    unrendered_database: (raw['database'] as string | undefined) || null,
    unrendered_schema: (raw['schema'] as string | undefined) || null,
    doc_blocks: description.docBlocks,
  };
}

/** A limit of age without a way to know the age. */
function tellUnasked(
  state: ParseState,
  config: PlainRecord,
  { entry, tableName }: SourceTable,
  { place }: ColumnsContext,
): void {
  const { freshness, enabled } = config;
  const isAsked = config['loaded_at_field'] !== null || config['loaded_at_query'] !== null;
  if (enabled === false || isAsked || !hasFreshness(sourceFreshness(freshness ?? null))) return;
  state.found.add(loadedAtMissing(`${entry.name}.${tableName}`, place([])));
}

/** Of the table's own configuration, else of its source's. */
function configPlaceOf(
  { entry, source, table }: SourceTable,
  context: ColumnsContext,
  key: string,
): Span | null {
  for (const path of [['config', key], [key]]) {
    const [first, second] = path as [string, string?];
    const has = (data: PlainRecord): boolean =>
      second === undefined ? Object.hasOwn(data, first) : Object.hasOwn(recordOf(data[first]), second);
    if (has(table)) return context.place(path, 'value');
    if (has(source)) return placeIn(entry, path, 'value');
  }
  return null;
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The configuration that the files give a table: its source's, then its own, keys beside `config` among them. */
function configOf(state: ParseState, { source, table }: SourceTable, context: ColumnsContext): PlainRecord {
  const sourceConfig = recordOf(source['config']);
  const tableConfig = recordOf(table['config']);
  const out: Record<string, unknown> = { ...sourceConfig, ...tableConfig };
  const freshness = mergeFreshness([
    freshnessOf(source),
    freshnessOf(sourceConfig),
    freshnessOf(table),
    freshnessOf(tableConfig),
  ]);
  if (freshness === null || hasFreshness(freshness)) out['freshness'] = freshness;
  else delete out['freshness'];
  const { field, query } = loadedAt(state, source, table, context);
  out['loaded_at_field'] = field;
  out['loaded_at_query'] = query;
  out['meta'] = {
    ...recordOf(source['meta']),
    ...recordOf(sourceConfig['meta']),
    ...recordOf(table['meta']),
    ...recordOf(tableConfig['meta']),
  };
  out['tags'] = tagsOf(source['tags'], sourceConfig['tags'], table['tags'], tableConfig['tags']);
  return out;
}

const freshnessOf = (data: PlainRecord) =>
  sourceFreshness(Object.hasOwn(data, 'freshness') ? data['freshness'] : {});

function checkFreshness(state: ParseState, { entry, source, table, index }: SourceTable): void {
  const base = ['tables', index];
  for (const [data, where, path] of [
    // A source is told once, however many tables it has.
    ...(index === 0
      ? ([
          [source, 'property', []],
          [recordOf(source['config']), 'config', ['config']],
        ] as const)
      : []),
    [table, 'property', base],
    [recordOf(table['config']), 'config', [...base, 'config']],
  ] as const) {
    for (const problem of freshnessProblems(data['freshness'], where)) {
      const place = placeIn(entry, [...path, 'freshness'], 'value');
      state.found.add(propertyInvalid(entryLabel(entry), problem, place));
    }
  }
}

function tagsOf(...lists: readonly unknown[]): readonly string[] {
  const tags = lists.flatMap((list) => (list === undefined || list === null ? [] : listOf(list)));
  return [...new Set(tags.filter((tag): tag is string => typeof tag === 'string'))].sort(byCodePoint);
}

/** A table's own field or query wins over its source's; an explicit null of the field switches both off. */
function loadedAt(
  state: ParseState,
  source: PlainRecord,
  table: PlainRecord,
  context: ColumnsContext,
): { readonly field: unknown; readonly query: unknown } {
  const value = (data: PlainRecord, key: string): unknown =>
    (data[key] || own(recordOf(data['config']), key)) ?? null;
  const field = value(table, 'loaded_at_field');
  const query = value(table, 'loaded_at_query');
  const fieldGiven =
    Object.hasOwn(table, 'loaded_at_field') || Boolean(recordOf(table['config'])['loaded_at_field']);
  const both = 'Cannot specify both loaded_at_field and loaded_at_query at';
  if (fieldGiven && query)
    state.found.add(propertyInvalid(context.label, `${both} table level`, context.place([])));
  const sourceField = value(source, 'loaded_at_field');
  const sourceQuery = value(source, 'loaded_at_query');
  if (sourceField && sourceQuery) {
    state.found.add(propertyInvalid(context.label, `${both} source level`, context.place([])));
  }
  for (const data of [source, table]) {
    if (data['loaded_at_field'] !== '') continue;
    const problem = 'loaded_at_field cannot be an empty string';
    state.found.add(propertyInvalid(context.label, problem, context.place([])));
  }
  return {
    field: fieldGiven || field !== null ? field : sourceField,
    query: query ?? (fieldGiven ? null : sourceQuery),
  };
}

function quotingOf(source: PlainRecord, table: PlainRecord): SourceNode['quoting'] {
  const [outer, inner] = [recordOf(source['quoting']), recordOf(table['quoting'])];
  const out: Record<string, boolean | null> = {};
  for (const key of ['database', 'schema', 'identifier', 'column']) {
    out[key] = ((inner[key] ?? outer[key]) as boolean | null | undefined) ?? null;
  }
  return out;
}

function externalOf(value: unknown): PlainRecord | null {
  if (!isRecord(value)) return null;
  const keys = ['location', 'file_format', 'row_format', 'tbl_properties', 'partitions'];
  return { ...Object.fromEntries(keys.map((key) => [key, null])), ...value };
}

function addTests(
  state: ParseState,
  { entry, source, table, tableName, index }: SourceTable,
  columns: readonly ColumnEntry[],
  environment: Environment,
): void {
  const { pack, file, name } = entry;
  const quoteColumns = quotingOf(source, table)['column'] === true;
  const shared = [
    ...((source['tags'] as string[] | undefined) ?? []),
    ...((table['tags'] as string[] | undefined) ?? []),
  ];
  const subject: TestSubject = {
    target: {
      kind: 'source',
      name: `${name}_${tableName}`,
      nameInTest: `${name}_${tableName}`,
      packageName: pack.name,
      path: file.path,
      expression: `source('${name}', '${tableName}')`,
    },
    pack,
    file,
    reference: { source: [name, tableName] },
    attached: null,
    fileKeyName: `sources.${name}`,
    folders: testFolders(pack, file),
    environment,
  };
  const add = (item: unknown, column: ColumnEntry | null, path: readonly (string | number)[]): void => {
    addGenericTest(state, subject, {
      item,
      columnName: column === null ? null : quotedColumn(state, column, quoteColumns),
      tags: [...shared, ...(column?.tags ?? [])],
      place: placeLater(entry, path, 'value'),
    });
  };
  const base = ['tables', index];
  const label = `table '${tableName}' of source '${name}'`;
  const tests = testsOf(state, table, label, entry, base);
  for (const [position, item] of (tests?.list ?? []).entries())
    add(item, null, [...base, tests!.key, position]);
  for (const column of columns) {
    const path = [...base, 'columns', column.index];
    const own = testsOf(state, column.data, `column '${column.name}' of ${label}`, entry, path);
    for (const [position, item] of (own?.list ?? []).entries())
      add(item, column, [...path, own!.key, position]);
  }
}
