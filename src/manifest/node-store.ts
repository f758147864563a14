import type { Span } from '../core/span.ts';
import type { ConfigValues } from './config/merge.ts';
import type { FunctionNode, GraphNode, RefArgs, ResourceType, UniqueId } from './node.ts';
import type { Outside } from './outside.ts';
import { type Draft, entryOf } from './record.ts';
import type { CallKind } from './static-calls.ts';

export type NodeDraft = Draft<GraphNode> | Draft<FunctionNode>;

/** A node on its way into the manifest, with what is known of it beyond its published shape. */
export interface ParsedNode {
  readonly node: NodeDraft;
  /** Where it is written, for errors. */
  readonly place: () => Span;
  /** `config(...)` of its text, merged. */
  readonly calls: ConfigValues;
  /** The same as it is written, where it was read without rendering. */
  written?: ConfigValues;
  /** Filled while it is rendered; the node's own lists. */
  readonly refs: RefArgs[];
  readonly sources: (readonly [string, string])[];
  readonly metrics: (readonly string[])[];
  readonly functions: (readonly string[])[];
  readonly macros: UniqueId[];
  /** Whether the configuration, and with it names and hooks, has been worked out. */
  settled: boolean;
  /** Its text could not be rendered, so that its configuration is not known; that has been told. */
  unread?: boolean;
  /** Where the calls of its text stand, for errors. */
  spanOf?: (kind: CallKind, name: string) => Span | null;
}

const refable: ReadonlySet<ResourceType> = new Set(['model', 'seed', 'snapshot']);

export const isRefable = (node: { readonly resource_type: ResourceType }): boolean =>
  refable.has(node.resource_type);

/** The nodes that a name means, one for each package. */
type ByName = Map<string, ParsedNode[]>;

/** Nodes by unique id in dbt's order, and by the names that refs and properties use. */
export class NodeStore {
  readonly nodes = new Map<UniqueId, ParsedNode>();
  readonly disabled = new Map<UniqueId, ParsedNode[]>();
  #refable: ByName = new Map();
  #analyses: ByName = new Map();
  #singularTests: ByName = new Map();
  #disabledByName = new Map<string, Map<string, ParsedNode[]>>();
  readonly #outside: Pick<Outside, 'refables'> | null;

  constructor(outside: Pick<Outside, 'refables'> | null = null) {
    this.#outside = outside;
  }

  /** The node that has the id already, where there is one: then nothing is added. */
  add(parsed: ParsedNode): ParsedNode | null {
    const { node } = parsed;
    const existing = this.nodes.get(node.unique_id);
    if (existing !== undefined) return existing;
    this.nodes.set(node.unique_id, parsed);
    this.#index(parsed);
    return null;
  }

  /** Several disabled nodes may share an id. */
  addDisabled(parsed: ParsedNode): void {
    const { node } = parsed;
    entryOf(this.disabled, node.unique_id, () => []).push(parsed);
    append(this.#disabledByName, searchName(node), node.package_name, parsed);
  }

  /** The node a name means in a package, or in any where it is null; more than one is for the caller to refuse. */
  findRefable(name: string, packageName: string | null): readonly ParsedNode[] {
    const inside = find(this.#refable, name, packageName);
    return this.#outside === null ? inside : [...inside, ...this.#outside.refables(name, packageName)];
  }

  findAnalysis(name: string, packageName: string | null): ParsedNode | undefined {
    return find(this.#analyses, name, packageName)[0];
  }

  findSingularTest(name: string, packageName: string): ParsedNode | undefined {
    return find(this.#singularTests, name, packageName)[0];
  }

  /** Disabled nodes of a name; of the first package that has some where no package is given. */
  findDisabled(
    name: string,
    packageName: string | null,
    types: ReadonlySet<ResourceType>,
  ): readonly ParsedNode[] {
    const byPackage = this.#disabledByName.get(name);
    if (byPackage === undefined) return [];
    const list = packageName === null ? byPackage.values().next().value : byPackage.get(packageName);
    return (list ?? []).filter((parsed) => types.has(parsed.node.resource_type));
  }

  refableNames(): Iterable<string> {
    return this.#refable.keys();
  }

  analysisNames(): Iterable<string> {
    return this.#analyses.keys();
  }

  singularTestNames(): Iterable<string> {
    return this.#singularTests.keys();
  }

  /** Takes a node out under its present id, so that it can be added again under another one. */
  take(id: UniqueId): void {
    this.nodes.delete(id);
  }

  takeDisabled(parsed: ParsedNode): void {
    this.disabled.delete(parsed.node.unique_id);
  }

  /** Moves nodes to where their configuration now puts them, and names them anew: dbt's end of reading properties. */
  sortOut(report: (node: ParsedNode, existing: ParsedNode) => void): void {
    const wasDisabled = [...this.disabled.values()].flat();
    for (const parsed of [...this.nodes.values()]) {
      if (parsed.node.config.enabled) continue;
      this.nodes.delete(parsed.node.unique_id);
      this.addDisabled(parsed);
    }
    for (const parsed of wasDisabled) {
      if (!parsed.node.config.enabled) continue;
      this.disabled.delete(parsed.node.unique_id);
      const existing = this.add(parsed);
      if (existing !== null) report(parsed, existing);
    }
    this.reindex();
  }

  /** Looks at every node's name, version and package again. */
  reindex(): void {
    this.#refable = new Map();
    this.#analyses = new Map();
    this.#singularTests = new Map();
    this.#disabledByName = new Map();
    for (const parsed of this.nodes.values()) this.#index(parsed);
    for (const list of this.disabled.values()) {
      for (const parsed of list) {
        append(this.#disabledByName, searchName(parsed.node), parsed.node.package_name, parsed);
      }
    }
  }

  #index(parsed: ParsedNode): void {
    const { node } = parsed;
    if (isRefable(node)) this.#indexRefable(parsed);
    else if (node.resource_type === 'analysis') put(this.#analyses, node.name, parsed);
    else if (node.resource_type === 'test' && node.test_metadata === undefined) {
      put(this.#singularTests, node.name, parsed);
    }
  }

  #indexRefable(parsed: ParsedNode): void {
    const { node } = parsed;
    const version = versionOf(node);
    put(this.#refable, searchName(node), parsed);
    if (version !== null && node.resource_type === 'model' && version === node.latest_version)
      put(this.#refable, node.name, parsed);
  }
}

/** A model's version; null for everything else. */
export function versionOf(node: NodeDraft): string | number | null {
  return node.resource_type === 'model' ? node.version : null;
}

function searchName(node: NodeDraft): string {
  const version = versionOf(node);
  return version === null ? node.name : `${node.name}.v${version}`;
}

function put(index: ByName, name: string, parsed: ParsedNode): void {
  const known = index.get(name);
  if (known === undefined) {
    index.set(name, [parsed]);
    return;
  }
  const same = known.findIndex(({ node }) => node.package_name === parsed.node.package_name);
  if (same < 0) known.push(parsed);
  else known[same] = parsed;
}

function append(
  index: Map<string, Map<string, ParsedNode[]>>,
  name: string,
  packageName: string,
  parsed: ParsedNode,
): void {
  const byPackage = entryOf(index, name, () => new Map<string, ParsedNode[]>());
  entryOf(byPackage, packageName, () => []).push(parsed);
}

function find(index: ByName, name: string, packageName: string | null): readonly ParsedNode[] {
  const known = index.get(name) ?? [];
  if (packageName === null) return known;
  // Most names mean one node: its list is the answer.
  if (known.length === 1 && known[0]!.node.package_name === packageName) return known;
  return known.filter(({ node }) => node.package_name === packageName);
}
