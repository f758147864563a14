import type { Environment } from '../../jinja/environment.ts';
import { duplicateResource } from '../errors.ts';
import { type ParsedExposure, parseExposure } from '../exposures.ts';
import { parseGroup } from '../groups.ts';
import type { GroupNode, UniqueId } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { SourceStore } from '../source-store.ts';
import { parseSource } from '../sources.ts';
import { type PropertiesEntry, type PropertiesFile, placeIn } from './entry.ts';
import { patchMacro } from './macros.ts';
import { readNodeSection } from './node-section.ts';
import { entriesOf, readPropertiesFile } from './read.ts';
import { valueEnvironment } from './render-values.ts';
import { patchSingularTest } from './singular-tests.ts';
import { SourceTables } from './source-tables.ts';

/** What properties files define besides nodes. */
export interface ReadProperties {
  readonly sources: SourceStore;
  readonly exposures: ReadonlyMap<UniqueId, ParsedExposure>;
  readonly disabledExposures: readonly ParsedExposure[];
  readonly groups: ReadonlyMap<UniqueId, GroupNode>;
}

/**
 * Reads every properties file, the root project's first: describes nodes and macros, makes tests, exposures and
 * groups, and last the sources, which root files may override. `nodesDone` is called when all nodes are described.
 */
export function readAllProperties(state: ParseState, nodesDone: () => void): ReadProperties {
  const tables = new SourceTables();
  const exposures = new Map<UniqueId, ParsedExposure>();
  const disabledExposures: ParsedExposure[] = [];
  const groups = new Map<UniqueId, GroupNode>();
  const groupPlaces = new Map<UniqueId, PropertiesEntry>();
  const environments = new Map<string, Environment>();

  for (const pack of state.packages) {
    const environment = valueEnvironment(state.services, pack.name);
    environments.set(pack.name, environment);
    for (const file of pack.files.properties) {
      const properties = readPropertiesFile(state, pack, file);
      if (properties !== null) readFile(properties, environment);
    }
  }
  nodesDone();
  const sources = new SourceStore();
  for (const table of tables.tables.values()) {
    const environment = environments.get(table.entry.pack.name)!;
    sources.add(parseSource(state, tables.overridden(table), environment));
  }
  tables.tellUnused(state);
  return { sources, exposures, disabledExposures, groups };

  function readFile(properties: PropertiesFile, environment: Environment): void {
    readNodeSection(state, properties, 'models', environment);
    readNodeSection(state, properties, 'seeds', environment);
    readNodeSection(state, properties, 'snapshots', environment);
    tables.read(state, properties, environment);
    for (const entry of entriesOf(state, properties, 'macros', environment)) patchMacro(state, entry);
    for (const entry of entriesOf(state, properties, 'data_tests', environment))
      patchSingularTest(state, entry);
    readNodeSection(state, properties, 'analyses', environment);
    for (const entry of entriesOf(state, properties, 'exposures', environment)) addExposure(entry);
    for (const entry of entriesOf(state, properties, 'groups', environment)) addGroup(entry);
  }

  function addExposure(entry: PropertiesEntry): void {
    const parsed = parseExposure(state, entry);
    if (parsed === null) return;
    if (!parsed.node.config.enabled) {
      disabledExposures.push(parsed);
      return;
    }
    const other = exposures.get(parsed.node.unique_id);
    if (other === undefined) exposures.set(parsed.node.unique_id, parsed);
    else {
      const [path, otherPath] = [entry.file.path, other.node.original_file_path];
      state.found.add(duplicateResource('exposures', entry.name, path, otherPath, parsed.place, other.place));
    }
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
