import type { ParsedExposure } from './exposures.ts';
import type { Manifest } from './manifest.ts';
import type { AnyNode, GraphNode, MacroNode, OtherNode, SourceNode, UniqueId } from './node.ts';
import type { ParseState } from './parse-state.ts';
import type { ReadProperties } from './properties/read-all.ts';
import { type Referrer, referrerOf, resolveReferences } from './resolve-refs.ts';

/** Resolves every reference and puts what was parsed into the manifest's maps. */
export function publish(state: ParseState, read: ReadProperties): Omit<Manifest, 'selectors' | 'warnings'> {
  const { store, project, services, docs, macros } = state;
  for (const parsed of store.nodes.values()) {
    const ids = resolveReferences(state, read.sources, referrerOf(parsed));
    if (parsed.node.resource_type !== 'seed') parsed.node.depends_on = { macros: parsed.macros, nodes: ids };
  }
  for (const parsed of read.exposures.values()) {
    const ids = resolveReferences(state, read.sources, exposureReferrer(parsed));
    parsed.node.depends_on = { macros: parsed.node.depends_on.macros, nodes: ids };
  }
  const nodes = new Map<UniqueId, GraphNode>();
  for (const [id, parsed] of store.nodes) nodes.set(id, parsed.node as GraphNode);
  const sources = new Map<UniqueId, SourceNode>();
  for (const [id, { node }] of read.sources.nodes) sources.set(id, node as SourceNode);
  const exposures = new Map<UniqueId, OtherNode>();
  for (const [id, { node }] of read.exposures) exposures.set(id, node as OtherNode);
  return {
    projectName: project.root.name,
    adapterType: services.facts.type,
    nodes,
    sources,
    exposures,
    metrics: new Map(),
    semanticModels: new Map(),
    savedQueries: new Map(),
    unitTests: new Map(),
    functions: new Map(),
    macros: macros as ReadonlyMap<UniqueId, MacroNode>,
    docs: docs.nodes,
    groups: read.groups,
    disabled: disabledNodes(state, read),
  };
}

function disabledNodes(
  { store }: ParseState,
  read: ReadProperties,
): ReadonlyMap<UniqueId, readonly AnyNode[]> {
  const out = new Map<UniqueId, AnyNode[]>();
  const add = (node: AnyNode): void => {
    const list = out.get(node.unique_id);
    if (list === undefined) out.set(node.unique_id, [node]);
    else list.push(node);
  };
  for (const list of store.disabled.values()) for (const { node } of list) add(node as GraphNode);
  for (const { node } of read.disabledExposures) add(node as OtherNode);
  for (const { node } of read.sources.disabled) add(node as SourceNode);
  return out;
}

function exposureReferrer({ node, refs, sources, metrics, place }: ParsedExposure): Referrer {
  return {
    uniqueId: node.unique_id,
    packageName: node.package_name,
    label: `exposure '${node.name}' (${node.original_file_path})`,
    type: 'exposure',
    group: null,
    refs,
    sources,
    metrics,
    functions: [],
    spanOf: () => place,
    disable: () => {},
  };
}
