import type { UniqueId } from './ids.ts';

/**
 * Everything that a template's result depends on besides its own text, as it was read: the parse cache stands on it,
 * and `depends_on.macros` comes from it. What read the graph, the clock or ids is rendered every time.
 */
export class Reads {
  readonly #whole: Reads | null;
  #volatile = false;
  #depth = 0;
  // Made when something is read: most templates read little, and there are tens of thousands of them.
  #directMacros: Set<UniqueId> | null = null;
  #macros: Set<UniqueId> | null = null;
  #variables: Set<string> | null = null;
  #environment: Set<string> | null = null;
  #target: Set<string> | null = null;
  #flags: Set<string> | null = null;

  /** `whole` is told everything too: what the templates of one file read, whichever of them did. */
  constructor(whole: Reads | null = null) {
    this.#whole = whole;
  }

  enterMacro(id: UniqueId): void {
    if (this.#depth === 0) {
      this.#directMacros ??= new Set();
      this.#directMacros.add(id);
    }
    this.ranMacro(id);
    this.#depth += 1;
  }

  leaveMacro(): void {
    this.#depth -= 1;
  }

  /** A macro whose text decides something, whether it ran or was only looked into. */
  ranMacro(id: UniqueId): void {
    this.#macros ??= new Set();
    this.#macros.add(id);
    this.#whole?.ranMacro(id);
  }

  variable(name: string): void {
    this.#variables ??= new Set();
    this.#variables.add(name);
    this.#whole?.variable(name);
  }

  /** An environment variable, whether it is set or not. */
  environment(name: string): void {
    this.#environment ??= new Set();
    this.#environment.add(name);
    this.#whole?.environment(name);
  }

  target(field: string): void {
    this.#target ??= new Set();
    this.#target.add(field);
    this.#whole?.target(field);
  }

  flag(name: string): void {
    this.#flags ??= new Set();
    this.#flags.add(name);
    this.#whole?.flag(name);
  }

  /** The graph, the clock or an id was read. */
  volatile(): void {
    this.#volatile = true;
    this.#whole?.volatile();
  }

  /** Macros called by the template itself (not those called by other macros), in order of their first call. */
  get directMacros(): ReadonlySet<UniqueId> {
    return this.#directMacros ?? nothing;
  }

  /** Every macro that ran. */
  get macros(): ReadonlySet<UniqueId> {
    return this.#macros ?? nothing;
  }

  get variables(): ReadonlySet<string> {
    return this.#variables ?? nothing;
  }

  get environmentVariables(): ReadonlySet<string> {
    return this.#environment ?? nothing;
  }

  get targetFields(): ReadonlySet<string> {
    return this.#target ?? nothing;
  }

  get flagNames(): ReadonlySet<string> {
    return this.#flags ?? nothing;
  }

  /** True where nothing was read. */
  get isEmpty(): boolean {
    const sets = [this.#macros, this.#variables, this.#environment, this.#target, this.#flags];
    return !this.#volatile && sets.every((set) => set === null);
  }

  get isVolatile(): boolean {
    return this.#volatile;
  }
}

const nothing: ReadonlySet<string> = new Set();
