import { configFields, fieldsByName } from '../config/fields.ts';
import { describer } from '../descriptions.ts';
import type { ResourceType } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import { claim } from '../outside.ts';
import type { ParseState } from '../parse-state.ts';
import { own, type PlainRecord } from '../record.ts';
import { ambiguousRef } from '../reference-errors.ts';
import { settleNode } from '../settle-node.ts';
import { type ColumnEntry, type ColumnsContext, columnInfos } from './columns.ts';
import { entryLabel, type PropertiesEntry, patchPath, placeIn, singular } from './entry.ts';
import { duplicateProperties, nodeForPropertiesMissing, severalDisabled, wrongSection } from './errors.ts';
import { configPlace } from './patch.ts';
import type { KeySet } from './shape.ts';

const plurals: Partial<Record<ResourceType, string>> = {
  model: 'models',
  seed: 'seeds',
  snapshot: 'snapshots',
};

/**
 * The nodes that an entry of models, seeds, snapshots or analyses describes: one that is enabled, or all disabled
 * ones of the name. None where there is no such node (a warning) or it is described already (an error).
 */
export function nodesOf(
  state: ParseState,
  entry: PropertiesEntry,
  config: PlainRecord,
): readonly ParsedNode[] {
  const { store, found } = state;
  const { name, section, pack } = entry;
  const type = (section === 'analyses' ? 'analysis' : singular[section]) as ResourceType;
  const enabled = section === 'analyses' ? store.findAnalysis(name, null) : findRefable(state, entry);
  if (enabled === null) return [];
  if (enabled !== undefined) {
    const { node } = enabled;
    claim(state, node);
    if (node.resource_type !== type) {
      found.add(
        wrongSection(
          name,
          node.resource_type,
          section,
          plurals[node.resource_type] ?? section,
          placeIn(entry, ['name'], 'value'),
        ),
      );
      return [];
    }
    if (node.patch_path === null) return [enabled];
    const other = node.patch_path.slice(node.patch_path.indexOf('://') + 3);
    found.add(duplicateProperties(type, name, placeIn(entry, ['name'], 'value'), other));
    return [];
  }
  const disabled = store.findDisabled(name, pack.name, new Set([type]));
  if (disabled.length > 1 && config['enabled'] === true) {
    found.add(severalDisabled(type, name, disabled.length, placeIn(entry)));
    return [];
  }
  if (disabled.length === 0) {
    const known = section === 'analyses' ? store.analysisNames() : store.refableNames();
    found.add(nodeForPropertiesMissing(section, name, placeIn(entry, ['name'], 'value'), known));
  }
  return disabled;
}

function findRefable(state: ParseState, entry: PropertiesEntry): ParsedNode | null | undefined {
  const near = state.store.findRefable(entry.name, entry.pack.name)[0];
  if (near !== undefined) return near;
  const anywhere = state.store.findRefable(entry.name, null);
  if (anywhere.length <= 1) return anywhere[0];
  const ids = anywhere.map(({ node }) => node.unique_id);
  state.found.add(ambiguousRef(`'${entry.section}' of ${entry.file.path}`, entry.name, ids, placeIn(entry)));
  return null;
}

/** Gives a node its configuration, description and columns. */
export function patchNode(
  state: ParseState,
  parsed: ParsedNode,
  entry: PropertiesEntry,
  config: PlainRecord,
  columns: readonly ColumnEntry[],
): void {
  const { node } = parsed;
  settleNode(state, parsed, config, (key) => configPlace(entry, key), own(entry.raw, 'config'));
  describeNode(state, parsed, entry, (entry.data['description'] as string | undefined) ?? '');
  node.columns = columnInfos(state, columns, columnsContext(entry), describer(node.config.enabled));
}

export function describeNode(
  state: ParseState,
  parsed: ParsedNode,
  entry: PropertiesEntry,
  text: string,
): void {
  const { node } = parsed;
  const place = () => placeIn(entry, ['description'], 'value');
  const description = describer(node.config.enabled)(
    state,
    text,
    node.package_name,
    entryLabel(entry),
    place,
  );
  node.patch_path = patchPath(entry);
  node.description = description.text;
  node.doc_blocks = description.docBlocks;
}

export function columnsContext(
  entry: PropertiesEntry,
  prefix: readonly (string | number)[] = [],
): ColumnsContext {
  return {
    label: entryLabel(entry),
    packageName: entry.pack.name,
    place: (path, what) => placeIn(entry, [...prefix, ...path], what),
  };
}

/** Keys of a resource type's configuration, for telling that one stands in the wrong place. */
export function configKeysOf(type: ResourceType): KeySet {
  return fieldsByName(configFields(type));
}
