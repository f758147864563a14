import { relationKey } from '../adapter/facts.ts';
import { behaviour } from './behaviour.ts';
import {
  deprecatedModel,
  publicEphemeral,
  seedWithDependencies,
  snapshotIncomplete,
  unknownGroup,
} from './errors.ts';
import {
  ambiguousAlias,
  duplicateName,
  duplicateResource,
  sameRelation,
  spaceInName,
  spacesInNames,
  versionedAndNot,
} from './name-errors.ts';
import type { ModelNode } from './node.ts';
import { isRefable, type NodeDraft, type ParsedNode, versionOf } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { deprecatedReference } from './reference-errors.ts';
import { labelOf } from './render-node.ts';
import type { SemanticLayer } from './semantic/resolve.ts';

/** What can be judged of a node only when everything is read: groups, access, complete configuration. */
export function checkNodes(state: ParseState, groups: readonly string[]): void {
  for (const parsed of state.store.nodes.values()) {
    if (parsed.unread) continue;
    const { node, place } = parsed;
    const label = labelOf(node);
    if (node.group !== null && !groups.includes(node.group)) {
      state.found.add(unknownGroup(label, node.group, groups, place()));
    }
    if (
      node.resource_type === 'seed' &&
      parsed.refs.length + parsed.sources.length + parsed.metrics.length > 0
    ) {
      state.found.add(seedWithDependencies(label, place()));
    }
    if (
      node.resource_type === 'model' &&
      node.access === 'public' &&
      node.config.materialized === 'ephemeral'
    ) {
      state.found.add(publicEphemeral(label, place()));
    }
    if (node.resource_type === 'snapshot') checkSnapshot(state, parsed);
  }
}

/** Groups of what is defined in properties files alone. */
export function checkDefined(state: ParseState, layer: SemanticLayer, groups: readonly string[]): void {
  for (const store of [layer.metrics, layer.semanticModels, layer.savedQueries]) {
    for (const { node, place } of store.nodes.values()) {
      if (!node.group || groups.includes(node.group)) continue;
      state.found.add(unknownGroup(labelOf(node), node.group, groups, place()));
    }
  }
}

function checkSnapshot(state: ParseState, { node, place }: ParsedNode): void {
  const { strategy, unique_key: key, check_cols: columns, updated_at: updatedAt } = node.config;
  const tell = (problem: string): void =>
    state.found.add(snapshotIncomplete(labelOf(node), problem, place()));
  if (isEmpty(strategy) || isEmpty(key))
    tell("Snapshots must be configured with a 'strategy' and 'unique_key'.");
  else if (strategy === 'check') {
    if (isEmpty(columns)) tell('the check strategy needs check_cols');
    else if (typeof columns === 'string' && columns !== 'all')
      tell("check_cols must be 'all' or a list of columns");
  } else if (strategy === 'timestamp') {
    if (isEmpty(updatedAt)) tell('the timestamp strategy needs updated_at');
    if (!isEmpty(columns)) tell("the timestamp strategy has no 'check_cols'");
  }
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

/** Two nodes that would be one relation, or share a name within a package. */
export function checkUniqueness(state: ParseState): void {
  const { facts } = state.services;
  const byRelation = new Map<string, ParsedNode>();
  const byName = new Map<string, ParsedNode>();
  const versioned = new Map<string, ParsedNode>();
  for (const parsed of state.store.nodes.values()) {
    const { node, place } = parsed;
    const relational =
      isRefable(node) || (node.resource_type === 'test' && node.config['store_failures'] === true);
    if (!relational) continue;
    if (versionOf(node) === null) checkName(state, byName, parsed);
    else versioned.set(nameInPackage(node), parsed);
    const { database, schema, alias } = node;
    const key = relationKey(facts, { database, schema, identifier: alias });
    const other = byRelation.get(key);
    if (other === undefined) byRelation.set(key, parsed);
    else {
      const relation = state.relations.ofNode({ database, schema, identifier: alias }).render();
      const { database: otherDatabase, schema: otherSchema, alias: otherAlias } = other.node;
      // dbt compares names as they are written; the warehouse may hold them for one.
      const same = database === otherDatabase && schema === otherSchema && alias === otherAlias;
      const tell = same ? ambiguousAlias : sameRelation;
      state.found.add(tell(relation, described(other.node), described(node), place(), other.place()));
    }
  }
  for (const [name, { place }] of versioned) {
    const other = byName.get(name);
    if (other !== undefined) {
      state.found.add(versionedAndNot(other.node.name, described(other.node), other.place(), place()));
    }
  }
}

const nameInPackage = (node: NodeDraft): string => `${node.package_name}.${node.name}`;

const described = (node: NodeDraft): string => `${node.unique_id} (${node.original_file_path})`;

function checkName(state: ParseState, byName: Map<string, ParsedNode>, parsed: ParsedNode): void {
  const { node, place } = parsed;
  const key = nameInPackage(node);
  const other = byName.get(key);
  byName.set(key, parsed);
  if (other === undefined || other.node.unique_id === node.unique_id) return;
  if (behaviour(state.services, 'require_unique_project_resource_names', false)) {
    const [path, otherPath] = [node.original_file_path, other.node.original_file_path];
    state.found.add(duplicateResource('resources', node.name, path, otherPath, place(), other.place()));
  } else {
    const ids = [other.node.unique_id, node.unique_id] as const;
    state.found.add(duplicateName(node.name, ...ids, node.package_name, place()));
  }
}

export function tellSpaces(state: ParseState): void {
  const bad = [...state.store.nodes.values()].filter(({ node }) => node.name.includes(' '));
  const [first] = bad;
  if (first === undefined) return;
  const strict = behaviour(state.services, 'require_resource_names_without_spaces', true);
  if (!strict) state.found.add(spaceInName(first.node.unique_id, first.place()));
  state.found.add(
    spacesInNames(
      bad.map(({ node }) => node.unique_id),
      first.place(),
      strict,
    ),
  );
}

/** Models past their deprecation date, and models that refer to one that has such a date. */
export function tellDeprecations(state: ParseState): void {
  const now = state.services.world.startedAt;
  const dated = new Map<string, ModelNode>();
  for (const { node, place } of state.store.nodes.values()) {
    if (node.resource_type !== 'model' || node.deprecation_date === null) continue;
    dated.set(node.unique_id, node as ModelNode);
    if (Date.parse(node.deprecation_date) < now) {
      state.found.add(deprecatedModel(node as ModelNode, node.deprecation_date, place()));
    }
  }
  if (dated.size === 0 && state.outside === null) return;
  for (const parsed of state.store.nodes.values()) {
    const { node } = parsed;
    if (node.resource_type !== 'model') continue;
    for (const id of node.depends_on.nodes) {
      const target = dated.get(id) ?? state.outside?.datedModel(id);
      if (target === undefined) continue;
      const past = Date.parse(target.deprecation_date!) < now;
      const span = parsed.spanOf?.('ref', target.name) ?? parsed.place();
      const referrer = { name: node.name, label: labelOf(node) };
      state.found.add(deprecatedReference(referrer, target, target.deprecation_date!, past, span));
    }
  }
}
