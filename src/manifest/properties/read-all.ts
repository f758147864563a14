import type { Environment } from '../../jinja/environment.ts';
import { type DefinedResource, DefinedStore } from '../defined-store.ts';
import { type ParsedExposure, parseExposure } from '../exposures.ts';
import { patchFunction } from '../functions/properties.ts';
import { parseGroup } from '../groups.ts';
import { duplicateResource } from '../name-errors.ts';
import type { GroupNode, UniqueId } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { entryOf } from '../record.ts';
import { parseMetric } from '../semantic/metrics.ts';
import type { SemanticLayer } from '../semantic/resolve.ts';
import { parseSavedQuery } from '../semantic/saved-queries.ts';
import { parseSemanticModel } from '../semantic/semantic-models.ts';
import { SourceStore } from '../source-store.ts';
import { parseSource } from '../sources.ts';
import { FixtureIndex } from '../unit-tests/fixtures.ts';
import { type ParsedUnitTest, parseUnitTest } from '../unit-tests/parse.ts';
import { type PropertiesEntry, type PropertiesFile, placeIn } from './entry.ts';
import { patchMacro } from './macros.ts';
import { readNodeSection } from './node-section.ts';
import { entriesOf, readPropertiesFile, type Section } from './read.ts';
import { valueEnvironment } from './render-values.ts';
import { patchSingularTests } from './singular-tests.ts';
import { type FilePair, SourceTables } from './source-tables.ts';

/** What properties files define besides nodes. */
export interface ReadProperties extends SemanticLayer {
  readonly sources: SourceStore;
  readonly exposures: DefinedStore<ParsedExposure>;
  readonly unitTests: DefinedStore<ParsedUnitTest>;
  readonly groups: ReadonlyMap<UniqueId, GroupNode>;
  /** Files that override sources, with the files of these. */
  readonly overriding: readonly FilePair[];
}

/**
 * Reads every properties file, the root project's first: describes nodes, functions and macros, makes tests and
 * everything that is defined in such files alone, and last the sources, which root files may override. `nodesDone` is
 * called when all nodes are described.
 */
export function readAllProperties(
  state: ParseState,
  functions: readonly ParsedNode[],
  nodesDone: () => void,
): ReadProperties {
  const tables = new SourceTables();
  const defined = {
    exposures: new DefinedStore<ParsedExposure>('exposures'),
    metrics: new DefinedStore('metrics') as SemanticLayer['metrics'],
    semanticModels: new DefinedStore('semantic models') as SemanticLayer['semanticModels'],
    savedQueries: new DefinedStore('saved queries') as SemanticLayer['savedQueries'],
    unitTests: new DefinedStore<ParsedUnitTest>('unit tests'),
  };
  const groups = new Map<UniqueId, GroupNode>();
  const groupPlaces = new Map<UniqueId, PropertiesEntry>();
  const environments = new Map<string, Environment>();
  const fixtures = new FixtureIndex(state);

  for (const pack of state.packages) {
    for (const file of pack.files.properties) {
      const properties = readPropertiesFile(state, pack, file);
      if (properties !== null) readFile(properties, environmentOf(pack.name, properties.shown));
    }
  }
  nodesDone();
  const sources = new SourceStore(state.outside);
  for (const table of tables.tables.values()) {
    const { pack, shown } = table.entry;
    sources.add(parseSource(state, tables.overridden(table), environmentOf(pack.name, shown)));
  }
  tables.tellUnused(state);
  return { sources, ...defined, groups, overriding: tables.overriding };

  function environmentOf(packageName: string, shown: string): Environment {
    const key = `${packageName}\0${shown}`;
    return entryOf(environments, key, () =>
      valueEnvironment(state.services, packageName, state.reads.whole(shown)),
    );
  }

  function readFile(properties: PropertiesFile, environment: Environment): void {
    const entries = (section: Section) => entriesOf(state, properties, section, environment);
    readNodeSection(state, properties, 'models', environment);
    readNodeSection(state, properties, 'seeds', environment);
    readNodeSection(state, properties, 'snapshots', environment);
    tables.read(state, properties, environment);
    for (const entry of entries('macros')) patchMacro(state, entry);
    patchSingularTests(state, properties, environment);
    readNodeSection(state, properties, 'analyses', environment);
    for (const entry of entries('exposures')) keep(defined.exposures, parseExposure(state, entry));
    for (const entry of entries('functions')) patchFunction(state, entry, functions);
    for (const entry of entries('metrics')) keep(defined.metrics, parseMetric(state, entry));
    for (const entry of entries('groups')) addGroup(entry);
    for (const entry of entries('semantic_models')) addSemanticModel(entry);
    for (const entry of entries('unit_tests')) keep(defined.unitTests, parseUnitTest(state, entry, fixtures));
    for (const entry of entries('saved_queries')) keep(defined.savedQueries, parseSavedQuery(state, entry));
  }

  function keep<T extends DefinedResource>(store: DefinedStore<T>, parsed: T | null): void {
    if (parsed !== null) store.add(state, parsed);
  }

  function addSemanticModel(entry: PropertiesEntry): void {
    const parsed = parseSemanticModel(state, entry);
    keep(defined.semanticModels, parsed);
    for (const metric of parsed?.metrics ?? []) defined.metrics.add(state, metric);
  }

  function addGroup(entry: PropertiesEntry): void {
    const group = parseGroup(state, entry);
    if (group === null) return;
    const other = groupPlaces.get(group.unique_id);
    if (other === undefined) {
      groups.set(group.unique_id, group);
      groupPlaces.set(group.unique_id, entry);
    } else {
      const [path, otherPath] = [entry.file.path, other.file.path];
      state.found.add(
        duplicateResource('groups', entry.name, path, otherPath, placeIn(entry), placeIn(other)),
      );
    }
  }
}
