import type { DefinedStore } from './defined-store.ts';
import { disabledInOrder, inFileOrder, type Placed } from './file-order.ts';
import type { Manifest } from './manifest.ts';
import type {
  AnyNode,
  FunctionNode,
  GraphNode,
  MacroNode,
  ResourceType,
  SourceNode,
  UniqueId,
} from './node.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import type { ReadProperties } from './properties/read-all.ts';
import { labelOf } from './render-node.ts';
import { type Referrer, referrerOf, resolveReferences } from './resolve-refs.ts';
import { locateSemanticModels, resolveSemanticLayer } from './semantic/resolve.ts';
import { resolveUnitTests } from './unit-tests/resolve.ts';

/** Resolves every reference and puts what was parsed into the manifest's maps. */
export function publish(
  state: ParseState,
  read: ReadProperties,
  functions: DefinedStore<ParsedNode>,
): Omit<Manifest, 'selectors' | 'warnings'> {
  const { store, project, services, docs, macros, order } = state;
  const targets = { ...read, functions };
  for (const parsed of store.nodes.values()) {
    const ids = resolveReferences(state, targets, referrerOf(parsed));
    if (parsed.node.resource_type !== 'seed') parsed.node.depends_on = { macros: parsed.macros, nodes: ids };
  }
  for (const parsed of functions.nodes.values()) {
    // A function cannot depend on sources: dbt passes over them.
    const ids = resolveReferences(state, targets, { ...referrerOf(parsed), sources: [], metrics: [] });
    parsed.node.depends_on = { macros: parsed.macros, nodes: ids };
  }
  for (const { node, place } of [...read.exposures.nodes.values(), ...read.semanticModels.nodes.values()]) {
    const ids = resolveReferences(state, targets, definedReferrer(node, place));
    node.depends_on = { macros: node.depends_on.macros, nodes: ids };
  }
  locateSemanticModels(state, read);
  resolveUnitTests(state, read.unitTests);
  resolveSemanticLayer(state, read);
  return {
    projectName: project.root.name,
    adapterType: services.facts.type,
    nodes: placed<GraphNode>(store),
    sources: placed<SourceNode>(read.sources),
    exposures: placed(read.exposures),
    metrics: placed(read.metrics),
    semanticModels: placed(read.semanticModels),
    savedQueries: placed(read.savedQueries),
    unitTests: placed(read.unitTests),
    functions: placed<FunctionNode>(functions),
    macros: macros as ReadonlyMap<UniqueId, MacroNode>,
    docs: docs.nodes,
    groups: read.groups,
    disabled: disabledInOrder(disabledNodes(state, read, functions), order),
  };

  function placed<Node extends Placed>(from: Parameters<typeof nodesOf>[0]): ReadonlyMap<UniqueId, Node> {
    return inFileOrder(nodesOf<Node>(from), order);
  }
}

function nodesOf<Node>(from: {
  readonly nodes: ReadonlyMap<UniqueId, { readonly node: unknown }>;
}): ReadonlyMap<UniqueId, Node> {
  const out = new Map<UniqueId, Node>();
  for (const [id, { node }] of from.nodes) out.set(id, node as Node);
  return out;
}

function disabledNodes(
  { store }: ParseState,
  read: ReadProperties,
  functions: DefinedStore<ParsedNode>,
): ReadonlyMap<UniqueId, readonly AnyNode[]> {
  const out = new Map<UniqueId, AnyNode[]>();
  const lists: Iterable<{ readonly node: unknown }>[] = [
    ...store.disabled.values(),
    functions.disabled,
    read.exposures.disabled,
    read.metrics.disabled,
    read.semanticModels.disabled,
    read.savedQueries.disabled,
    read.unitTests.disabled,
    read.sources.disabled,
  ];
  for (const list of lists) {
    for (const { node } of list as Iterable<{ readonly node: AnyNode }>) {
      const known = out.get(node.unique_id);
      if (known === undefined) out.set(node.unique_id, [node]);
      else known.push(node);
    }
  }
  return out;
}

interface DefinedReferrer {
  readonly unique_id: UniqueId;
  readonly name: string;
  readonly package_name: string;
  readonly original_file_path: string;
  readonly resource_type: ResourceType;
  readonly group?: string | null;
  readonly refs: Referrer['refs'];
  readonly sources?: Referrer['sources'];
  readonly metrics?: Referrer['metrics'];
}

function definedReferrer(node: DefinedReferrer, place: () => ReturnType<Referrer['spanOf']>): Referrer {
  return {
    uniqueId: node.unique_id,
    name: node.name,
    packageName: node.package_name,
    path: node.original_file_path,
    label: () => labelOf(node),
    type: node.resource_type,
    group: node.group ?? null,
    refs: node.refs,
    sources: node.sources ?? [],
    metrics: node.metrics ?? [],
    functions: [],
    spanOf: place,
    disable: () => {},
  };
}
