import type { MacroRegistry, MacroSource } from './macro-registry.ts';

export interface FoundMaterialization {
  readonly macro: MacroSource;
  /** An installed package's own instead of ours of the same name, which dbt deprecates. */
  readonly overrides: boolean;
}

/**
 * The block that a materialization's name means: the most specific to the warehouse, and of those the root project's
 * before a package's before ours. A package's may stand for one of ours only where `packagesOverride` says so.
 * `prefixes` are the adapter, its parents, `default`.
 */
export function findMaterialization(
  registry: MacroRegistry,
  name: string,
  prefixes: readonly string[],
  packagesOverride: boolean,
): FoundMaterialization | undefined {
  const ours = best(registry, name, prefixes, registry.internalPackages);
  const root = best(registry, name, prefixes, [registry.rootPackage]);
  const imported = best(
    registry,
    name,
    prefixes,
    [...registry.packages].filter((one) => one !== registry.rootPackage),
  );
  const hidden = ours !== undefined && !packagesOverride;
  const [first] = [root, hidden ? undefined : imported, ours]
    .filter((found) => found !== undefined)
    .sort((one, other) => one.distance - other.distance);
  if (first === undefined) return undefined;
  return { macro: first.macro, overrides: first === imported && ours !== undefined };
}

/** The block of the packages that is nearest to the warehouse. */
function best(
  registry: MacroRegistry,
  name: string,
  prefixes: readonly string[],
  packages: readonly string[],
): { readonly macro: MacroSource; readonly distance: number } | undefined {
  for (const [distance, prefix] of prefixes.entries()) {
    for (const packageName of packages) {
      const macro = registry.inPackage(packageName, `materialization_${name}_${prefix}`);
      if (macro !== undefined) return { macro, distance };
    }
  }
  return undefined;
}
