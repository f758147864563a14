import type { Span } from '../core/span.ts';
import type { SourceNode, UniqueId } from './node.ts';
import type { Outside } from './outside.ts';
import { type Draft, entryOf } from './record.ts';

/** A source's table with the place it is written at. */
export interface ParsedSource {
  readonly node: Draft<SourceNode>;
  readonly place: Span;
}

/** Sources by unique id in dbt's order, and by the name `source.table`. */
export class SourceStore {
  readonly nodes = new Map<UniqueId, ParsedSource>();
  readonly disabled: ParsedSource[] = [];
  readonly #byName = new Map<string, Map<string, ParsedSource>>();
  readonly #disabledByName = new Map<string, Map<string, ParsedSource>>();
  readonly #outside: Pick<Outside, 'source'> | null;

  constructor(outside: Pick<Outside, 'source'> | null) {
    this.#outside = outside;
  }

  add(source: ParsedSource): void {
    const { node } = source;
    if (node.config.enabled) {
      this.nodes.set(node.unique_id, source);
      put(this.#byName, source);
    } else {
      this.disabled.push(source);
      put(this.#disabledByName, source);
    }
  }

  /** The source a name means in the first of the packages that has it; null stands for any package. */
  find(
    name: string,
    packages: readonly (string | null)[],
  ): { readonly node: Pick<SourceNode, 'unique_id'> } | undefined {
    for (const packageName of packages) {
      const found = find(this.#byName, name, [packageName]) ?? this.#outsideSource(name, packageName);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  findDisabled(name: string, packages: readonly (string | null)[]): ParsedSource | undefined {
    return find(this.#disabledByName, name, packages);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  #outsideSource(name: string, packageName: string | null) {
    const node = this.#outside?.source(name, packageName);
    return node === undefined ? undefined : { node };
  }
}

type ByName = Map<string, Map<string, ParsedSource>>;

function put(index: ByName, source: ParsedSource): void {
  const name = `${source.node.source_name}.${source.node.name}`;
  entryOf(index, name, () => new Map<string, ParsedSource>()).set(source.node.package_name, source);
}

function find(index: ByName, name: string, packages: readonly (string | null)[]): ParsedSource | undefined {
  const byPackage = index.get(name);
  if (byPackage === undefined) return undefined;
  for (const packageName of packages) {
    const source = packageName === null ? byPackage.values().next().value : byPackage.get(packageName);
    if (source !== undefined) return source;
  }
  return undefined;
}
