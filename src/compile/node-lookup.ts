import type { RefCall } from '../context/node-names.ts';
import type { ContextServices } from '../context/services.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { FunctionNode, GraphNode, ModelNode, SourceNode } from '../manifest/node.ts';
import { packagesToSearch } from '../manifest/package-search.ts';
import { isOlderVersion, newestVersion } from '../manifest/version-order.ts';

/** Finds what a call of the execute phase means, by the rules that resolved it while parsing. */
export interface NodeLookup {
  ref(call: RefCall, fromPackage: string): GraphNode | undefined;
  source(sourceName: string, tableName: string, fromPackage: string): SourceNode | undefined;
  function(packageName: string | null, name: string, fromPackage: string): FunctionNode | undefined;
  /** The highest version of a model that is newer than the latest one: a prerelease. Null where there is none. */
  prerelease(model: ModelNode): string | number | null;
}

export function createNodeLookup(
  manifest: Manifest,
  services: Pick<ContextServices, 'projectName' | 'flags'>,
): NodeLookup {
  const refs = new Map<string, GraphNode[]>();
  for (const node of manifest.nodes.values()) {
    if (node.resource_type !== 'model' && node.resource_type !== 'seed' && node.resource_type !== 'snapshot')
      continue;
    add(refs, node.name, node);
  }
  const sources = new Map<string, SourceNode[]>();
  for (const source of manifest.sources.values())
    add(sources, `${source.source_name}\u0000${source.name}`, source);
  return {
    ref: ({ name, package: packageName, version }, fromPackage) => {
      const candidates = (refs.get(name) ?? []).filter((node) => matchesVersion(node, version));
      return firstInPackages(candidates, packagesToSearch(services, fromPackage, packageName));
    },
    source: (sourceName, tableName, fromPackage) =>
      firstInPackages(
        sources.get(`${sourceName}\u0000${tableName}`) ?? [],
        packagesToSearch(services, fromPackage),
      ),
    function: (packageName, name, fromPackage) =>
      firstInPackages(
        [...manifest.functions.values()].filter((node) => node.name === name),
        packagesToSearch(services, fromPackage, packageName),
      ),
    prerelease: ({ name, latest_version: latest }) => {
      if (latest === null) return null;
      const versions = (refs.get(name) ?? []).flatMap((node) =>
        node.resource_type === 'model' && node.version !== null ? [node.version] : [],
      );
      const newest = newestVersion([latest, ...versions]);
      return isOlderVersion(latest, newest) ? newest : null;
    },
  };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
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
