import { bindMacro } from '../jinja/bind-macro.ts';
import type { Environment, NameSource } from '../jinja/environment.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import type { Macro } from '../jinja/macro.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type Value } from '../jinja/values.ts';
import type { MacroRegistry, MacroSource } from './macro-registry.ts';
import type { Reads } from './reads.ts';

/** A value of the context, or how to make it when it is first read. */
export type Entry = Value | Lazy;

export class Lazy {
  readonly make: () => Value;

  constructor(make: () => Value) {
    this.make = make;
  }
}

export const lazy = (make: () => Value): Lazy => new Lazy(make);

/** How the names of a phase get their values in one render. */
export type NameTable<Scope> = ReadonlyMap<string, (scope: Scope) => Value>;

/** The names that a render has beside macros. */
export interface OwnNames {
  get(name: string): Value | undefined;
  set(name: string, entry: Entry): void;
  keys(): Iterable<string>;
}

/**
 * Names of a table, and those that are added to it. A value is made when it is first read: there are dozens of names,
 * tens of thousands of renders, and each reads a few.
 */
export class TableNames<Scope> implements OwnNames {
  readonly #table: NameTable<Scope>;
  readonly #scope: Scope;
  readonly #entries = new Map<string, Entry>();

  constructor(table: NameTable<Scope>, scope: Scope) {
    this.#table = table;
    this.#scope = scope;
  }

  get(name: string): Value | undefined {
    const entry = this.#entries.get(name);
    if (entry !== undefined && !(entry instanceof Lazy)) return entry;
    const value = entry === undefined ? this.#table.get(name)?.(this.#scope) : entry.make();
    if (value !== undefined) this.#entries.set(name, value);
    return value;
  }

  set(name: string, entry: Entry): void {
    this.#entries.set(name, entry);
  }

  keys(): Iterable<string> {
    return new Set([...this.#table.keys(), ...this.#entries.keys()]);
  }
}

/**
 * The context of one render: macros by their plain name, packages as namespaces, then the phase's own names. Macros
 * win, so that a project may override `ref`; the originals stay under `builtins`. Every macro that a node reaches is
 * bound to the node's own context, whatever package it comes from: that is how dbt resolves names inside it.
 */
export class ContextNames implements NameSource {
  readonly #registry: MacroRegistry;
  readonly #packageName: string;
  readonly #own: OwnNames;
  readonly #reads: Reads | null;
  readonly #bound = new Map<MacroSource, Macro>();
  readonly #namespaces = new Map<string, Value>();
  /** What templates put into `context`; it hides macros too. */
  readonly #written = new Map<string, Value>();
  readonly #removed = new Set<string>();
  /** Values that stand for macros of one package, by `package.name`. */
  readonly #replaced = new Map<string, Value>();
  #environment: Environment | null = null;

  constructor(registry: MacroRegistry, packageName: string, own: OwnNames, reads: Reads | null) {
    this.#registry = registry;
    this.#packageName = packageName;
    this.#own = own;
    this.#reads = reads;
  }

  /** Macros need the environment that looks names up here; set once, before anything is rendered. */
  attach(environment: Environment): Environment {
    this.#environment = environment;
    return environment;
  }

  get environment(): Environment {
    if (this.#environment === null) throw new Error('the context has no environment yet');
    return this.#environment;
  }

  get(name: string): Value | undefined {
    if (this.#written.size > 0 && this.#written.has(name)) return this.#written.get(name);
    const macro = this.#registry.resolve(name, this.#packageName);
    if (macro !== undefined) return this.macro(macro);
    if (this.#registry.hasPackage(name)) return this.#namespace(name);
    return this.#removed.has(name) ? undefined : this.#own.get(name);
  }

  /** Adds a name that is known only after the context was made. */
  define(name: string, value: Entry): void {
    this.#written.delete(name);
    this.#own.set(name, value);
  }

  /** Takes away a name that means nothing here: it is undefined from now on. */
  remove(name: string): void {
    this.#removed.add(name);
  }

  /** A template's own entry of `context`, seen under its name by whatever is rendered in this context from now on. */
  put(name: string, value: Value): void {
    this.#written.set(name, value);
  }

  /** Whether a name that is called plainly means a macro, and not a variable or function of the context. */
  isMacro(name: string): boolean {
    return this.#registry.resolve(name, this.#packageName) !== undefined;
  }

  /**
   * Puts a value in a macro's place, whoever calls it: `name` where it is called plainly, `package.name` where it is
   * called by its package. For our own macros both are one.
   */
  replaceMacro(called: string, value: Value): void {
    const [, packageName, name = called] = /^([^.]+)\.(.+)$/.exec(called) ?? [];
    const found = this.#registry.resolve(name, this.#packageName);
    const isOurs = found !== undefined && this.#registry.isInternal(found.packageName);
    if (packageName !== undefined) this.#replaced.set(called, value);
    if (packageName === undefined || (packageName === 'dbt' && isOurs)) this.#written.set(name, value);
    if (packageName === undefined && isOurs) this.#replaced.set(`dbt.${name}`, value);
  }

  keys(): Iterable<string> {
    const known = this.#registry.names(this.#packageName);
    const own = [...this.#own.keys()].filter((name) => !this.#removed.has(name));
    return new Set([...own, ...known, ...this.#written.keys()]);
  }

  /** A macro as a function of this context; calls made by the template itself are recorded as its dependencies. */
  macro(source: MacroSource): Macro {
    let bound = this.#bound.get(source);
    if (bound === undefined) {
      const reads = this.#reads;
      bound = bindMacro(source.definition(), this.environment, {
        enter: () => reads?.enterMacro(source.uniqueId),
        leave: () => reads?.leaveMacro(),
      });
      this.#bound.set(source, bound);
    }
    return bound;
  }

  #namespace(packageName: string): Value {
    let namespace = this.#namespaces.get(packageName);
    if (namespace === undefined) {
      const registry = this.#registry;
      namespace = new PackageNamespace(
        packageName,
        (name) => {
          const replaced = this.#replaced.get(`${packageName}.${name}`);
          if (replaced !== undefined) return replaced;
          const source = registry.inPackage(packageName, name);
          return source === undefined ? undefined : this.macro(source);
        },
        () => [...registry.namesIn(packageName)],
      ) as unknown as Value;
      this.#namespaces.set(packageName, namespace);
    }
    return namespace;
  }
}

/** The macros of a package: `dbt_utils.star`, `context['dbt_utils']['star']`. */
class PackageNamespace {
  readonly packageName: string;
  readonly find: (name: string) => Value | undefined;
  readonly names: () => readonly string[];

  constructor(
    packageName: string,
    find: (name: string) => Value | undefined,
    names: () => readonly string[],
  ) {
    this.packageName = packageName;
    this.find = find;
    this.names = names;
  }

  get [HOST](): HostType<PackageNamespace> {
    return packageNamespaceType;
  }
}

const packageNamespaceType: HostType<PackageNamespace> = {
  typeName: 'dict',
  isMapping: true,
  attr: (self, name) => self.find(name) ?? (name === 'get' ? getter((key) => self.find(key)) : undefined),
  attrNames: (self) => self.names(),
  item: (self, key) => self.find(str(key)),
  iterate: (self) => [...self.names()],
  length: (self) => self.names().length,
  contains: (self, key) => self.find(str(key)) !== undefined,
};

function getter(find: (key: string) => Value | undefined): Callable {
  return hostFunction('get', ['key', ['default', null]], (key, fallback) => find(str(key!)) ?? fallback!);
}
