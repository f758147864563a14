import type { MacroSource as ParsedMacro } from '../jinja/bind-macro.ts';
import type { UniqueId } from './ids.ts';

/** A macro of a package, found by the block scanner; its text is parsed when it is first called. */
export interface MacroSource {
  readonly uniqueId: UniqueId;
  /** The name it is called by: `cents_to_dollars`, `test_not_null`, `materialization_view_default`. */
  readonly name: string;
  readonly packageName: string;
  readonly file: string;
  /** Whole text of the file and the block's place in it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Parsed on first use; throws TemplateSyntaxError. */
  definition(): ParsedMacro;
}

/** All macros by package, and the order in which a plain name is looked for. */
export interface MacroRegistry {
  readonly rootPackage: string;
  /** Our own packages, most general first: `dbt`, then the adapter's parents, then the adapter. */
  readonly internalPackages: readonly string[];
  /** Whether a package is one of ours. */
  isInternal(packageName: string): boolean;
  /** Names of packages that are not ours, the root included. */
  readonly packages: ReadonlySet<string>;
  /**
   * The macro that a plain name means to a node of `fromPackage`: that package, the root project, then ours.
   * Macros of other packages are reached by their package only. Ours have no place of their own before the project:
   * what `generate_schema_name` dispatches to may be overridden like all else.
   */
  resolve(name: string, fromPackage: string): MacroSource | undefined;
  /** A macro of one package; for `dbt`, of any of ours, the adapter's first. */
  inPackage(packageName: string, name: string): MacroSource | undefined;
  /** True for names that are package namespaces in templates. */
  hasPackage(name: string): boolean;
  namesIn(packageName: string): Iterable<string>;
  names(fromPackage: string): Iterable<string>;
  all(): Iterable<MacroSource>;
}

export interface RegistryOptions {
  readonly rootPackage: string;
  readonly internalPackages: readonly string[];
  readonly macros: Iterable<MacroSource>;
}

export function createMacroRegistry(options: RegistryOptions): MacroRegistry {
  const byPackage = new Map<string, Map<string, MacroSource>>();
  for (const macro of options.macros) {
    const names = byPackage.get(macro.packageName) ?? new Map<string, MacroSource>();
    byPackage.set(macro.packageName, names.set(macro.name, macro));
  }
  const { rootPackage, internalPackages } = options;
  const internal = new Map<string, MacroSource>();
  for (const packageName of internalPackages) {
    for (const [name, macro] of byPackage.get(packageName) ?? []) internal.set(name, macro);
  }
  const isInternal = (name: string): boolean => internalPackages.includes(name);
  const lookup = (packageName: string, name: string): MacroSource | undefined =>
    byPackage.get(packageName)?.get(name);
  const inPackage = (packageName: string, name: string): MacroSource | undefined =>
    packageName === 'dbt' ? internal.get(name) : lookup(packageName, name);
  return {
    rootPackage,
    internalPackages,
    isInternal,
    packages: new Set([rootPackage, ...[...byPackage.keys()].filter((name) => !isInternal(name))]),
    resolve: (name, fromPackage) =>
      (isInternal(fromPackage) ? undefined : lookup(fromPackage, name)) ??
      lookup(rootPackage, name) ??
      internal.get(name),
    inPackage,
    hasPackage: (name) => byPackage.has(name),
    namesIn: (packageName) => (packageName === 'dbt' ? internal : byPackage.get(packageName))?.keys() ?? [],
    names: (fromPackage) =>
      new Set([
        ...(byPackage.get(fromPackage)?.keys() ?? []),
        ...(byPackage.get(rootPackage)?.keys() ?? []),
        ...internal.keys(),
        ...byPackage.keys(),
      ]),
    *all() {
      for (const names of byPackage.values()) yield* names.values();
    },
  };
}

/**
 * Where `adapter.dispatch(name, namespace)` looks, in order; null stands for the plain look-up of the calling node.
 * The project's `dispatch:` list wins; else the macros of a package, ours too, may be overridden by the root project
 * under any prefix: its `default__x` stands before our `duckdb__x`.
 */
export function dispatchOrder(
  registry: MacroRegistry,
  namespace: string | null,
  configured: ReadonlyMap<string, readonly string[]>,
): readonly (string | null)[] {
  if (namespace === null) return [null];
  const order = configured.get(namespace);
  if (order !== undefined) return order;
  return registry.hasPackage(namespace) ? [registry.rootPackage, namespace] : [null];
}

/** The macro a dispatch means, or the names that were tried. */
export function dispatch(
  registry: MacroRegistry,
  name: string,
  order: readonly (string | null)[],
  prefixes: readonly string[],
  fromPackage: string,
): { readonly macro: MacroSource } | { readonly tried: readonly string[] } {
  const tried: string[] = [];
  for (const packageName of order) {
    for (const prefix of prefixes) {
      const wanted = `${prefix}__${name}`;
      const macro =
        packageName === null
          ? registry.resolve(wanted, fromPackage)
          : registry.inPackage(packageName, wanted);
      if (macro !== undefined) return { macro };
      tried.push(packageName === null ? wanted : `${packageName}.${wanted}`);
    }
  }
  return { tried };
}
