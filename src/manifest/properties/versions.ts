import { describer } from '../descriptions.ts';
import type { ModelNode } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import { claim } from '../outside.ts';
import type { ParseState } from '../parse-state.ts';
import { type Draft, isRecord, own, type PlainRecord } from '../record.ts';
import { settleNode } from '../settle-node.ts';
import { newestVersion } from '../version-order.ts';
import { type ColumnEntry, columnInfos, readColumns } from './columns.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import {
  nodeForPropertiesMissing,
  propertyInvalid,
  propertyMovedToConfig,
  severalDisabled,
} from './errors.ts';
import { patchModel } from './model-extras.ts';
import { columnsContext, describeNode } from './nodes.ts';
import { configOf, configPlace, testsOf } from './patch.ts';
import { checkShape, versionShape } from './shape.ts';

/** What an entry tests: all of it, or one of its versions. */
export interface VersionedTests {
  readonly version: string | number | null;
  readonly columns: readonly ColumnEntry[];
  readonly columnPath: readonly (string | number)[];
  readonly tests: readonly unknown[];
  readonly testsPath: readonly (string | number)[];
}

interface Version {
  readonly v: string | number;
  readonly data: PlainRecord;
  readonly index: number;
}

/** Gives each version of a model its own node: id, fqn, columns and configuration. */
export function patchVersions(state: ParseState, entry: PropertiesEntry): readonly VersionedTests[] {
  const versions = readVersions(state, entry);
  if (versions.length === 0) return [];
  const latest = latestVersion(state, entry, versions);
  const shared = readColumns(state, entry.data['columns'], columnsContext(entry));
  const sharedTests = testsOf(state, entry.data, entryLabel(entry), entry);
  const config = configOf(state, entry);
  const out: VersionedTests[] = [];
  for (const version of versions) {
    const columns = columnsOf(state, entry, version, shared);
    const parsed = nodeOf(state, entry, version, latest, config);
    if (parsed !== null) patchVersion(state, parsed, entry, version, latest, config, columns);
    const path = ['versions', version.index];
    const own = testsOf(state, version.data, entryLabel(entry), entry, path);
    const tests = own ?? sharedTests;
    out.push({
      version: version.v,
      columns,
      columnPath: ['columns'],
      tests: tests?.list ?? [],
      testsPath: own === null ? [tests?.key ?? 'tests'] : [...path, own.key],
    });
  }
  state.store.reindex();
  return out;
}

function readVersions(state: ParseState, entry: PropertiesEntry): readonly Version[] {
  const out: Version[] = [];
  const seen = new Set<string>();
  for (const [index, data] of (entry.data['versions'] as unknown[]).entries()) {
    const v = isRecord(data) ? own(data, 'v') : undefined;
    const place = () => placeIn(entry, ['versions', index]);
    if (!isRecord(data) || (typeof v !== 'string' && typeof v !== 'number')) {
      state.found.add(propertyInvalid(entryLabel(entry), "a version needs 'v'", place()));
      continue;
    }
    if (seen.has(String(v))) {
      state.found.add(propertyInvalid(entryLabel(entry), `version '${v}' is listed twice`, place()));
      continue;
    }
    seen.add(String(v));
    const good = checkShape(data, versionShape, {
      label: `version ${v} of ${entryLabel(entry)}`,
      found: state.found,
      place: (key, what) => placeIn(entry, ['versions', index, key], what),
      closed: true,
    });
    if (good) out.push({ v, data, index });
  }
  return out;
}

/** The one that is named as latest, else the highest: by number where all are numbers, else by text. */
function latestVersion(
  state: ParseState,
  entry: PropertiesEntry,
  versions: readonly Version[],
): string | number {
  const given = entry.data['latest_version'];
  if (given === undefined || given === null) return newestVersion(versions.map(({ v }) => v));
  const found = versions.find(({ v }) => v === given);
  if (found !== undefined) return found.v;
  const problem = `latest_version ${String(given)} is not one of its versions: ${versions.map(({ v }) => v).join(', ')}`;
  state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['latest_version'], 'value')));
  return versions[0]!.v;
}

/** Columns of the model that the version includes, then its own. */
function columnsOf(
  state: ParseState,
  entry: PropertiesEntry,
  { data, index }: Version,
  shared: readonly ColumnEntry[],
): readonly ColumnEntry[] {
  const list = (data['columns'] as unknown[] | undefined) ?? [];
  const selections = list.filter(
    (item) => isRecord(item) && (Object.hasOwn(item, 'include') || Object.hasOwn(item, 'exclude')),
  );
  if (selections.length > 1) {
    const problem = 'a version can have at most one include/exclude element';
    state.found.add(
      propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['versions', index, 'columns'])),
    );
  }
  const own = list.filter((item) => !selections.includes(item));
  const { include = '*', exclude = [] } = (selections[0] ?? {}) as PlainRecord;
  const all = include === '*' || include === 'all';
  const isIncluded = (name: string): boolean =>
    (all || (Array.isArray(include) && include.includes(name))) && !(exclude as unknown[]).includes(name);
  return [
    ...shared.filter((column) => isIncluded(column.name)),
    ...readColumns(state, own, columnsContext(entry, ['versions', index])),
  ];
}

/** The node of a version's file, under the id of the version; null where there is no such file. */
function nodeOf(
  state: ParseState,
  entry: PropertiesEntry,
  { v, data, index }: Version,
  latest: string | number,
  config: PlainRecord,
): ParsedNode | null {
  const { store } = state;
  const { name, pack } = entry;
  const definedIn = (data['defined_in'] as string | null | undefined) ?? `${name}_v${v}`;
  const enabled =
    store.findRefable(definedIn, pack.name)[0] ??
    (v === latest ? store.findRefable(name, pack.name)[0] : undefined);
  const disabled = enabled === undefined ? store.findDisabled(definedIn, null, modelsOnly) : [];
  const place = () => placeIn(entry, ['versions', index]);
  if (disabled.length > 1 && config['enabled'] === true) {
    state.found.add(severalDisabled('model', name, disabled.length, place()));
    return null;
  }
  const parsed = enabled ?? disabled[0];
  if (parsed === undefined) {
    state.found.add(nodeForPropertiesMissing('models', definedIn, place(), store.refableNames()));
    return null;
  }
  const { node } = parsed;
  claim(state, node);
  if (enabled === undefined) store.takeDisabled(parsed);
  else store.take(node.unique_id);
  node.unique_id = `model.${pack.name}.${name}.v${v}`;
  node.fqn = [...node.fqn.slice(0, -1), name, `v${v}`];
  if (enabled === undefined) store.addDisabled(parsed);
  else store.add(parsed);
  return parsed;
}

const modelsOnly = new Set(['model'] as const);

function patchVersion(
  state: ParseState,
  parsed: ParsedNode,
  entry: PropertiesEntry,
  version: Version,
  latest: string | number,
  shared: PlainRecord,
  columns: readonly ColumnEntry[],
): void {
  const node = parsed.node as Draft<ModelNode>;
  const { data, v } = version;
  node.name = entry.name;
  node.version = v;
  node.latest_version = latest;
  const own = isRecord(data['config']) ? data['config'] : {};
  if (data['access'] !== undefined) {
    // dbt 1.11 reads it and then lets the configuration's default win.
    const place = placeIn(entry, ['versions', version.index, 'access']);
    state.found.add(propertyMovedToConfig(`version ${v} of ${entryLabel(entry)}`, 'access', place));
  }
  const places = (key: string) =>
    Object.hasOwn(own, key)
      ? placeIn(entry, ['versions', version.index, 'config', key], 'value')
      : configPlace(entry, key);
  settleNode(state, parsed, deepMerge(shared, own), places, writtenConfig(entry, version));
  const description =
    (data['description'] as string | undefined) || ((entry.data['description'] as string | undefined) ?? '');
  describeNode(state, parsed, entry, description);
  node.columns = columnInfos(state, columns, columnsContext(entry), describer(node.config.enabled));
  const constraints = (data['constraints'] as unknown[] | undefined)?.length
    ? data['constraints']
    : entry.data['constraints'];
  patchModel(state, parsed, entry, { constraints, deprecation_date: data['deprecation_date'] });
}

function writtenConfig({ raw }: PropertiesEntry, { index }: Version): unknown {
  const version = (raw['versions'] as unknown[])[index];
  return isRecord(version) ? version['config'] : null;
}

/** A version's configuration over that of its model, as dbt: mappings are merged, and lists follow one another. */
function deepMerge(base: PlainRecord, over: PlainRecord): PlainRecord {
  const out: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = out[key];
    if (isRecord(before) && isRecord(value)) out[key] = deepMerge(before, value);
    else out[key] = Array.isArray(value) && Array.isArray(before) ? [...value, ...before] : value;
  }
  return out;
}
