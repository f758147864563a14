/** The environment, with the names of all variables that somebody looked at. */
export class RecordedEnvironment implements ReadonlyMap<string, string> {
  readonly names = new Set<string>();
  readonly #variables: ReadonlyMap<string, string>;

  constructor(variables: ReadonlyMap<string, string>) {
    this.#variables = variables;
  }

  get size(): number {
    return this.#variables.size;
  }

  get(name: string): string | undefined {
    this.names.add(name);
    return this.#variables.get(name);
  }

  has(name: string): boolean {
    this.names.add(name);
    return this.#variables.has(name);
  }

  forEach(visit: (value: string, name: string, map: ReadonlyMap<string, string>) => void): void {
    this.#variables.forEach(visit);
  }

  keys(): MapIterator<string> {
    return this.#variables.keys();
  }

  values(): MapIterator<string> {
    return this.#variables.values();
  }

  entries(): MapIterator<[string, string]> {
    return this.#variables.entries();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
