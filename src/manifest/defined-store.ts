import type { Span } from '../core/span.ts';
import { duplicateResource } from './name-errors.ts';
import type { UniqueId } from './node.ts';
import type { ParseState } from './parse-state.ts';
import { entryOf } from './record.ts';

/** A resource on its way into the manifest, with the place it is written at. */
export interface DefinedResource {
  readonly node: {
    readonly unique_id: UniqueId;
    readonly name: string;
    readonly package_name: string;
    readonly original_file_path: string;
    readonly config: { readonly enabled: boolean };
  };
  readonly place: () => Span;
}

type ByName<T> = Map<string, Map<string, T>>;

/** Resources of one type by unique id in dbt's order, and by name and package; disabled ones aside. */
export class DefinedStore<T extends DefinedResource> {
  readonly nodes = new Map<UniqueId, T>();
  readonly disabled: T[] = [];
  readonly #plural: string;
  readonly #byName: ByName<T> = new Map();
  readonly #disabledByName: ByName<T> = new Map();

  /** `plural` is what errors call the resources: `metrics`. */
  constructor(plural: string) {
    this.#plural = plural;
  }

  /** Keeps the resource; a second one of an id is told and left out. */
  add(state: ParseState, resource: T): void {
    const { node, place } = resource;
    if (!node.config.enabled) {
      this.disabled.push(resource);
      put(this.#disabledByName, resource);
      return;
    }
    const other = this.nodes.get(node.unique_id);
    if (other === undefined) {
      this.nodes.set(node.unique_id, resource);
      put(this.#byName, resource);
      return;
    }
    const [path, otherPath] = [node.original_file_path, other.node.original_file_path];
    state.found.add(duplicateResource(this.#plural, node.name, path, otherPath, place(), other.place()));
  }

  /** The one that a name means in the first of the packages that has it; null stands for any package. */
  find(name: string, packages: readonly (string | null)[]): T | undefined {
    return find(this.#byName, name, packages);
  }

  findDisabled(name: string, packages: readonly (string | null)[]): T | undefined {
    return find(this.#disabledByName, name, packages);
  }

  /** Takes a resource out of those that are enabled. */
  disable(resource: T): void {
    const { node } = resource;
    this.nodes.delete(node.unique_id);
    this.#byName.get(node.name)?.delete(node.package_name);
    this.disabled.push(resource);
  }

  /** Puts others in the place of a resource. */
  replace(resource: T, others: readonly T[]): void {
    this.nodes.delete(resource.node.unique_id);
    for (const other of others) this.nodes.set(other.node.unique_id, other);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }
}

function put<T extends DefinedResource>(index: ByName<T>, resource: T): void {
  const { name, package_name: packageName } = resource.node;
  entryOf(index, name, () => new Map<string, T>()).set(packageName, resource);
}

function find<T>(index: ByName<T>, name: string, packages: readonly (string | null)[]): T | undefined {
  const byPackage = index.get(name);
  if (byPackage === undefined) return undefined;
  for (const packageName of packages) {
    const resource = packageName === null ? byPackage.values().next().value : byPackage.get(packageName);
    if (resource !== undefined) return resource;
  }
  return undefined;
}
