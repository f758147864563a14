import type { Span } from '../core/span.ts';
import { behaviour } from './behaviour.ts';
import type { DefinedStore } from './defined-store.ts';
import type { ModelNode, NodeConfig, RefArgs, ResourceType, UniqueId } from './node.ts';
import type { NodeDraft, ParsedNode } from './node-store.ts';
import { packagesToSearch } from './package-search.ts';
import type { ParseState } from './parse-state.ts';
import {
  ambiguousRef,
  type DefinedKind,
  definedDisabled,
  definedNotFound,
  privateRef,
  protectedRef,
  refDisabled,
  refNotFound,
  rootNodeFromPackage,
  testWithoutTarget,
} from './reference-errors.ts';
import { labelOf } from './render-node.ts';
import type { ParsedMetric } from './semantic/metrics.ts';
import type { SourceStore } from './source-store.ts';
import type { CallKind } from './static-calls.ts';

/** What a referrer may mean beside nodes. */
export interface Targets {
  readonly sources: SourceStore;
  readonly metrics: DefinedStore<ParsedMetric>;
  readonly functions: DefinedStore<ParsedNode>;
}

/** Something that refers to nodes: a node of the graph, an exposure, a semantic model. */
export interface Referrer {
  readonly uniqueId: UniqueId;
  readonly name: string;
  readonly packageName: string;
  /** Of its file, from its package's root. */
  readonly path: string;
  /** As errors call it. */
  label(): string;
  readonly type: ResourceType;
  readonly group: string | null;
  readonly refs: readonly RefArgs[];
  readonly sources: readonly (readonly [string, string])[];
  readonly metrics: readonly (readonly string[])[];
  readonly functions: readonly (readonly string[])[];
  spanOf(kind: CallKind, name: string): Span | null;
  /** Whether the node has to be left out: a test without its target. */
  disable(): void;
}

/**
 * The ids that a referrer depends on, in dbt's order: sources, refs, metrics, functions, each once. What cannot be resolved is
 * told; a test whose target is missing or disabled is left out instead, as in dbt.
 */
export function resolveReferences(state: ParseState, targets: Targets, referrer: Referrer): UniqueId[] {
  const out = new Set<UniqueId>();
  for (const [source, table] of referrer.sources) {
    const id = resolveSource(state, targets.sources, referrer, `${source}.${table}`);
    if (id !== null) out.add(id);
  }
  for (const ref of referrer.refs) {
    const id = resolveRef(state, referrer, ref);
    if (id !== null) out.add(id);
  }
  for (const names of referrer.metrics) {
    const id = resolveDefined(state, targets.metrics, referrer, names, 'metric');
    if (id !== null) out.add(id);
  }
  for (const names of referrer.functions) {
    const id = resolveDefined(state, targets.functions, referrer, names, 'function');
    if (id !== null) out.add(id);
  }
  return [...out];
}

export function referrerOf(parsed: ParsedNode): Referrer {
  const { node, refs, sources, metrics, functions } = parsed;
  return {
    uniqueId: node.unique_id,
    name: node.name,
    packageName: node.package_name,
    path: node.original_file_path,
    label: () => labelOf(node),
    type: node.resource_type,
    group: node.group,
    refs,
    sources,
    metrics,
    functions,
    spanOf: (kind, name) => parsed.spanOf?.(kind, name) ?? parsed.place(),
    disable: () => {
      node.config = { ...node.config, enabled: false } as NodeConfig;
    },
  };
}

function resolveSource(
  state: ParseState,
  sources: SourceStore,
  referrer: Referrer,
  name: string,
): UniqueId | null {
  const packages = packagesToSearch(state.services, referrer.packageName);
  const found = sources.find(name, packages);
  if (found !== undefined) return found.node.unique_id;
  const disabled = sources.findDisabled(name, packages) !== undefined;
  tellUndefined(state, referrer, { kind: 'source', name, packageName: null }, disabled, sources);
  return null;
}

/** A test without what it is on is left out; anything else cannot do without what it depends on. */
function tellUndefined(
  { found }: ParseState,
  referrer: Referrer,
  target: { readonly kind: DefinedKind; readonly name: string; readonly packageName: string | null },
  disabled: boolean,
  store: { names(): Iterable<string> },
): void {
  const { kind, name } = target;
  const span = referrer.spanOf(kind, name);
  if (referrer.type === 'test') {
    referrer.disable();
    found.add(testWithoutTarget(referrer, target, disabled, span));
  } else if (disabled) found.add(definedDisabled(kind, referrer.label(), name, span));
  else found.add(definedNotFound(kind, referrer.label(), name, span, store.names()));
}

/** A metric or function by its name, or its package and its name. */
function resolveDefined(
  state: ParseState,
  store: DefinedStore<ParsedMetric> | DefinedStore<ParsedNode>,
  referrer: Referrer,
  names: readonly string[],
  kind: 'metric' | 'function',
): UniqueId | null {
  const name = names.at(-1)!;
  const packageName = names.length > 1 ? names[0]! : null;
  const packages = packagesToSearch(state.services, referrer.packageName, packageName);
  const found = store.find(name, packages);
  if (found !== undefined) return found.node.unique_id;
  const outside = packages.map((one) => state.outside?.[kind](name, one)).find((node) => node !== undefined);
  if (outside !== undefined) return outside.unique_id;
  const disabled = store.findDisabled(name, packages) !== undefined;
  tellUndefined(state, referrer, { kind, name, packageName }, disabled, store);
  return null;
}

const refableTypes: ReadonlySet<ResourceType> = new Set<ResourceType>(['model', 'seed', 'snapshot']);

function resolveRef(state: ParseState, referrer: Referrer, ref: RefArgs): UniqueId | null {
  const key = ref.version === null ? ref.name : `${ref.name}.v${ref.version}`;
  const packages = packagesToSearch(state.services, referrer.packageName, ref.package);
  for (const packageName of packages) {
    const targets = state.store.findRefable(key, packageName);
    const target = targets[0];
    if (target === undefined) continue;
    const span = () => referrer.spanOf('ref', ref.name);
    if (targets.length > 1) {
      const ids = targets.map(({ node }) => node.unique_id);
      state.found.add(ambiguousRef(referrer.label(), ref.name, ids, span()));
      return null;
    }
    return checkAccess(state, referrer, ref, target.node, span) ? target.node.unique_id : null;
  }
  tellMissing(state, referrer, ref, key, packages);
  return null;
}

function tellMissing(
  state: ParseState,
  referrer: Referrer,
  ref: RefArgs,
  key: string,
  packages: readonly (string | null)[],
): void {
  const disabled = packages
    .map((packageName) => state.store.findDisabled(key, packageName, refableTypes)[0])
    .find((parsed) => parsed !== undefined);
  const span = referrer.spanOf('ref', ref.name);
  if (referrer.type === 'test') {
    referrer.disable();
    // A disabled target of a test is only worth a warning for sources.
    if (disabled === undefined) {
      const target = { kind: 'node', name: ref.name, packageName: ref.package };
      state.found.add(testWithoutTarget(referrer, target, false, span));
    }
  } else if (disabled !== undefined) {
    state.found.add(
      refDisabled(referrer.label(), ref.name, ref.package, span, disabled.node.original_file_path),
    );
  } else {
    state.found.add(
      refNotFound(referrer.label(), ref.name, ref.version, ref.package, span, state.store.refableNames()),
    );
  }
}

/** False where the target may not be referred to from here, which is told. */
function checkAccess(
  state: ParseState,
  referrer: Referrer,
  ref: RefArgs,
  target: NodeDraft,
  span: () => Span | null,
): boolean {
  const { project, services, found } = state;
  if (target.resource_type === 'model' && referrer.type !== 'sql_operation') {
    const { access, group, package_name: packageName } = target as ModelNode;
    const owner = project.packages.find((one) => one.name === packageName) ?? project.root;
    const foreign = referrer.packageName !== packageName && owner.settings.restrictAccess;
    if (access === 'private' && (!referrer.group || referrer.group !== group || foreign)) {
      found.add(privateRef(referrer.label(), target.name, group, span()));
      return false;
    }
    if (access === 'protected' && foreign) {
      found.add(protectedRef(referrer.label(), target.name, packageName, span()));
      return false;
    }
  }
  const root = project.root.name;
  const reachesUp = referrer.packageName !== root && target.package_name === root && ref.package !== root;
  if (reachesUp && !behaviour(services, 'require_ref_searches_node_package_before_root', false)) {
    found.add(rootNodeFromPackage(referrer, target, span()));
  }
  return true;
}
