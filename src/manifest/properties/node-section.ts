import type { Environment } from '../../jinja/environment.ts';
import { addGenericTest, type TestSubject, testFolders } from '../generic-tests.ts';
import type { ResourceType } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { type ColumnEntry, readColumns } from './columns.ts';
import { entryLabel, type PropertiesEntry, type PropertiesFile, placeIn, placeLater } from './entry.ts';
import { propertyInvalid } from './errors.ts';
import { patchModel } from './model-extras.ts';
import { columnsContext, configKeysOf, nodesOf, patchNode } from './nodes.ts';
import { checkDocs } from './parts.ts';
import { configOf, hasTests, testsOf } from './patch.ts';
import { entriesOf } from './read.ts';
import { analysisShape, checkShape, modelShape, nodeShape, type Shape, snapshotShape } from './shape.ts';
import { patchVersions, type VersionedTests } from './versions.ts';
import { addYamlSnapshot } from './yaml-snapshot.ts';

type NodeSection = 'models' | 'seeds' | 'snapshots' | 'analyses';

const shapes: Readonly<Record<NodeSection, Shape>> = {
  models: modelShape,
  seeds: nodeShape,
  snapshots: snapshotShape,
  analyses: analysisShape,
};
const types: Readonly<Record<NodeSection, ResourceType>> = {
  models: 'model',
  seeds: 'seed',
  snapshots: 'snapshot',
  analyses: 'analysis',
};

/** The entries of a section that describe nodes, then the tests that they define, as dbt orders them. */
export function readNodeSection(
  state: ParseState,
  properties: PropertiesFile,
  section: NodeSection,
  environment: Environment,
): void {
  const entries = [...entriesOf(state, properties, section, environment)];
  if (section === 'snapshots') addSnapshots(state, entries);
  const tested: { entry: PropertiesEntry; versions: readonly VersionedTests[] }[] = [];
  for (const entry of entries) {
    const good = checkShape(entry.data, shapes[section], {
      label: entryLabel(entry),
      found: state.found,
      place: (key, what) => placeIn(entry, [key], what),
      configKeys: configKeysOf(types[section]),
    });
    if (checkDocs(state, entry) && good) tested.push({ entry, versions: patchEntry(state, entry) });
  }
  if (section === 'analyses') return;
  for (const { entry, versions } of tested) {
    for (const one of versions) addTests(state, entry, one, environment);
  }
}

function addSnapshots(state: ParseState, entries: readonly PropertiesEntry[]): void {
  let added = false;
  for (const entry of entries) {
    if (typeof entry.data['relation'] === 'string') {
      addYamlSnapshot(state, entry);
      added = true;
    }
  }
  if (added) state.store.reindex();
}

function patchEntry(state: ParseState, entry: PropertiesEntry): readonly VersionedTests[] {
  const { data } = entry;
  const versions = data['versions'];
  if (entry.section === 'models' && Array.isArray(versions) && versions.length > 0)
    return patchVersions(state, entry);
  if (entry.section === 'models' && data['latest_version']) {
    const problem = `latest_version ${String(data['latest_version'])} is not one of its versions: it has none`;
    state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['latest_version'], 'value')));
  }
  const config = configOf(state, entry);
  const columns = readColumns(state, data['columns'], columnsContext(entry));
  for (const parsed of nodesOf(state, entry, config)) {
    patchNode(state, parsed, entry, config, columns);
    if (parsed.node.resource_type === 'model') patchModel(state, parsed, entry, data);
  }
  const tests = testsOf(state, data, entryLabel(entry), entry);
  return [
    {
      version: null,
      columns,
      columnPath: ['columns'],
      tests: tests?.list ?? [],
      testsPath: [tests?.key ?? 'tests'],
    },
  ];
}

function addTests(
  state: ParseState,
  entry: PropertiesEntry,
  { version, columns, columnPath, tests, testsPath }: VersionedTests,
  environment: Environment,
): void {
  if (tests.length === 0 && !columns.some(({ data }) => hasTests(data))) return;
  const { pack, file } = entry;
  const subject: TestSubject = {
    target: {
      kind: 'node',
      name: entry.name,
      nameInTest: version === null ? entry.name : `${entry.name}_v${version}`,
      packageName: pack.name,
      path: file.path,
      expression: version === null ? `ref('${entry.name}')` : `ref('${entry.name}', version='${version}')`,
    },
    pack,
    file,
    reference: { ref: { name: entry.name, package: null, version } },
    attached: attachedNode(state, entry, version),
    fileKeyName: `${entry.section}.${entry.name}`,
    folders: testFolders(pack, file),
    environment,
  };
  const quoteAll = entry.data['quote_columns'] === true;
  const add = (item: unknown, column: ColumnEntry | null, path: readonly (string | number)[]): void => {
    addGenericTest(state, subject, {
      item,
      columnName: column === null ? null : quotedColumn(state, column, quoteAll),
      tags: column?.tags ?? [],
      place: placeLater(entry, path, 'value'),
    });
  };
  for (const column of columns) {
    if (!hasTests(column.data)) continue;
    const path = [...columnPath, column.index];
    const label = `column '${column.name}' of ${entryLabel(entry)}`;
    const columnTests = testsOf(state, column.data, label, entry, path);
    columnTests?.list.forEach((item, index) => {
      add(item, column, [...path, columnTests.key, index]);
    });
  }
  tests.forEach((item, index) => {
    add(item, null, [...testsPath, index]);
  });
}

export function quotedColumn(state: ParseState, column: ColumnEntry, quoteAll: boolean): string {
  const { quote } = state.services.facts;
  return column.quote === true || (column.quote === null && quoteAll)
    ? `${quote}${column.name}${quote}`
    : column.name;
}

function attachedNode(
  { store }: ParseState,
  { name, pack }: PropertiesEntry,
  version: string | number | null,
): ParsedNode | null {
  const key = version === null ? name : `${name}.v${version}`;
  const enabled = store.findRefable(key, pack.name)[0];
  return (
    enabled ??
    store.findDisabled(name, null, allTypes)[0] ??
    store.findDisabled(name.toUpperCase(), null, allTypes)[0] ??
    null
  );
}

const allTypes: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'model',
  'seed',
  'snapshot',
  'analysis',
  'test',
  'operation',
]);
