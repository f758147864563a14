import type { RefCall } from '../context/node-names.ts';
import type { ContextServices } from '../context/services.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { FunctionNode, GraphNode, MetricNode, ModelNode, SourceNode } from '../manifest/node.ts';
import { packagesToSearch } from '../manifest/package-search.ts';
import { isOlderVersion, newestVersion } from '../manifest/version-order.ts';

/** Finds what a call of the execute phase means, by the rules that resolved it while parsing. */
export interface NodeLookup {
  ref(call: RefCall, fromPackage: string): GraphNode | undefined;
  source(sourceName: string, tableName: string, fromPackage: string): SourceNode | undefined;
  function(packageName: string | null, name: string, fromPackage: string): FunctionNode | undefined;
  metric(packageName: string | null, name: string, fromPackage: string): MetricNode | undefined;
  /** The highest version of a model that is newer than the latest one: a prerelease. Null where there is none. */
  prerelease(model: ModelNode): string | number | null;
}

export function createNodeLookup(
  manifest: Manifest,
  services: Pick<ContextServices, 'projectName' | 'flags'>,
): NodeLookup {
  const index = new NameIndex(manifest);
  const named = <T extends { readonly name: string; readonly package_name: string }>(
    defined: ReadonlyMap<string, T>,
    [packageName, name, fromPackage]: readonly [packageName: string | null, name: string, from: string],
  ): T | undefined =>
    firstInPackages(
      [...defined.values()].filter((one) => one.name === name),
      packagesToSearch(services, fromPackage, packageName),
    );
  return {
    ref: ({ name, package: packageName, version }, fromPackage) => {
      const packages = packagesToSearch(services, fromPackage, packageName);
      const near = refById(manifest, packages[0], name);
      if (near !== undefined && matchesVersion(near, version)) return near;
      const candidates = index.refs(name).filter((node) => matchesVersion(node, version));
      return firstInPackages(candidates, packages);
    },
    source: (sourceName, tableName, fromPackage) => {
      const packages = packagesToSearch(services, fromPackage);
      const near = manifest.sources.get(`source.${packages[0]}.${sourceName}.${tableName}`);
      if (near?.source_name === sourceName) return near;
      return firstInPackages(index.sources(sourceName, tableName), packages);
    },
    function: (...call) => named(manifest.functions, call),
    metric: (...call) => named(manifest.metrics, call),
    prerelease: ({ name, latest_version: latest }) => {
      if (latest === null) return null;
      const versions = index
        .refs(name)
        .flatMap((node) => (node.resource_type === 'model' && node.version !== null ? [node.version] : []));
      const newest = newestVersion([latest, ...versions]);
      return isOlderVersion(latest, newest) ? newest : null;
    },
  };
}

const referable = ['model', 'seed', 'snapshot'] as const;

/** Most refs mean a node of the first package, which its id finds; ids of versioned models hold their version, too. */
function refById({ nodes }: Manifest, packageName: string | null, name: string): GraphNode | undefined {
  for (const type of referable) {
    const node = nodes.get(`${type}.${packageName}.${name}`);
    if (node?.name === name) return node;
  }
  return undefined;
}

/** Nodes by name, for what an id does not find: made when it is first asked for. */
class NameIndex {
  readonly #manifest: Manifest;
  #refs: ReadonlyMap<string, readonly GraphNode[]> | null = null;
  #sources: ReadonlyMap<string, readonly SourceNode[]> | null = null;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  refs(name: string): readonly GraphNode[] {
    const types: ReadonlySet<string> = new Set(referable);
    const nodes = this.#manifest.nodes.values();
    this.#refs ??= grouped(nodes, (node) => (types.has(node.resource_type) ? node.name : null));
    return this.#refs.get(name) ?? [];
  }

  sources(sourceName: string, tableName: string): readonly SourceNode[] {
    const key = (source: string, table: string): string => `${source}\u0000${table}`;
    const sources = this.#manifest.sources.values();
    this.#sources ??= grouped(sources, ({ source_name, name }) => key(source_name, name));
    return this.#sources.get(key(sourceName, tableName)) ?? [];
  }
}

/** In their order; without those whose key is null. */
function grouped<T>(all: Iterable<T>, keyOf: (one: T) => string | null): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
function firstInPackages<T extends { readonly package_name: string }>(
  candidates: readonly T[],
  packages: readonly (string | null)[],
): T | undefined {
  for (const packageName of packages) {
    const found = candidates.find(
      (candidate) => packageName === null || candidate.package_name === packageName,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Without a version the latest one is meant. */
function matchesVersion(node: GraphNode, version: string | number | null): boolean {
  if (node.resource_type !== 'model' || node.version === null) return version === null;
  const wanted = version ?? node.latest_version;
  return String(node.version) === String(wanted);
}
