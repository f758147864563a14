import type { UniqueId } from './ids.ts';

/**
 * Everything that a template's result depends on besides its own text, as it was read: the parse cache stands on it,
 * and `depends_on.macros` comes from it. What read the graph, the clock or ids is rendered every time.
 */
export class Reads {
  /** Macros called by the template itself (not those called by other macros), in order of their first call. */
  readonly #directMacros = new Set<UniqueId>();
  /** Every macro that ran. */
  readonly #macros = new Set<UniqueId>();
  readonly #variables = new Set<string>();
  readonly #environment = new Map<string, string | null>();
  readonly #target = new Set<string>();
  readonly #flags = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #whole: Reads | null;
  #volatile = false;
  #depth = 0;

  /** `whole` is told everything too: what the templates of one file read, whichever of them did. */
  constructor(whole: Reads | null = null) {
    this.#whole = whole;
  }

  enterMacro(id: UniqueId): void {
    if (this.#depth === 0) this.#directMacros.add(id);
    this.ranMacro(id);
    this.#depth += 1;
  }

  /** A macro whose text decides something, whether it ran or was only looked into. */
  ranMacro(id: UniqueId): void {
    this.#macros.add(id);
    this.#whole?.ranMacro(id);
  }

  leaveMacro(): void {
    this.#depth -= 1;
  }

  variable(name: string): void {
    this.#variables.add(name);
    this.#whole?.variable(name);
  }

  /** `value` is null where the variable was not set. */
  environment(name: string, value: string | null): void {
    this.#environment.set(name, value);
    this.#whole?.environment(name, value);
  }

  target(field: string): void {
    this.#target.add(field);
    this.#whole?.target(field);
  }

  flag(name: string): void {
    this.#flags.add(name);
    this.#whole?.flag(name);
  }

  /** A name that was looked up and not found: a macro of that name, added later, changes the result. */
  missing(name: string): void {
    this.#missing.add(name);
    this.#whole?.missing(name);
  }

  /** The graph, the clock or an id was read. */
  volatile(): void {
    this.#volatile = true;
    this.#whole?.volatile();
  }

  get directMacros(): readonly UniqueId[] {
    return [...this.#directMacros];
  }

  get macros(): ReadonlySet<UniqueId> {
    return this.#macros;
  }

  get variables(): ReadonlySet<string> {
    return this.#variables;
  }

  get environmentVariables(): ReadonlyMap<string, string | null> {
    return this.#environment;
  }

  get targetFields(): ReadonlySet<string> {
    return this.#target;
  }

  get flagNames(): ReadonlySet<string> {
    return this.#flags;
  }

  get missingNames(): ReadonlySet<string> {
    return this.#missing;
  }

  get isVolatile(): boolean {
    return this.#volatile;
  }
}
