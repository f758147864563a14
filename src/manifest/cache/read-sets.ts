import { hash } from 'node:crypto';
import type { Reads } from '../../context/reads.ts';
import { jsonText } from '../json-text.ts';

/** Names of what the templates of a file read. */
export interface ReadSet {
  readonly packageName: string;
  readonly macros: readonly string[];
  readonly variables: readonly string[];
  readonly environment: readonly string[];
  readonly flags: readonly string[];
  readonly target: readonly string[];
  /** Something that is never the same was read: the clock, an id, the graph. */
  readonly volatile: boolean;
}

export function readSetOf(packageName: string, reads: Reads): ReadSet {
  return {
    packageName,
    macros: [...reads.macros].sort(),
    variables: [...reads.variables].sort(),
    environment: [...reads.environmentVariables].sort(),
    flags: [...reads.flagNames].sort(),
    target: [...reads.targetFields].sort(),
    volatile: reads.isVolatile,
  };
}

export const emptyReadSet = (packageName: string): ReadSet => ({
  packageName,
  macros: [],
  variables: [],
  environment: [],
  flags: [],
  target: [],
  volatile: false,
});

/** Where present values come from; undefined for what there is none of. */
export interface PresentValues {
  variable(packageName: string, name: string): unknown;
  environment(name: string): string | undefined;
  flag(name: string): unknown;
  target(field: string): unknown;
}

/**
 * Digests of the values that were read, by kind and name. Digests are short on purpose: they tell a change, and too
 * little of a password that somebody keeps in a variable.
 */
export type ValuesRead = Readonly<Record<string, string>>;

export const digestOf = (value: unknown): string =>
  value === undefined ? '' : hash('sha256', jsonText(value)).slice(0, 8);

/** Kind and name of every value of a set; with a variable stands the package that reads it. */
const namesOf = ({ packageName, variables, environment, flags, target }: ReadSet): string[] => [
  ...variables.map((name) => `var ${packageName} ${name}`),
  ...environment.map((name) => `env ${name}`),
  ...flags.map((name) => `flag ${name}`),
  ...target.map((name) => `target ${name}`),
];

/** The value as it is now. */
function valueNow(kindAndName: string, present: PresentValues): unknown {
  const at = kindAndName.indexOf(' ');
  const name = kindAndName.slice(at + 1);
  switch (kindAndName.slice(0, at)) {
    case 'var': {
      const end = name.indexOf(' ');
      return present.variable(name.slice(0, end), name.slice(end + 1));
    }
    case 'env':
      return present.environment(name);
    case 'flag':
      return present.flag(name);
    default:
      return present.target(name);
  }
}

export function digestsOf(sets: Iterable<ReadSet>, present: PresentValues): ValuesRead {
  const out: Record<string, string> = {};
  for (const set of sets) {
    for (const name of namesOf(set)) out[name] ??= digestOf(valueNow(name, present));
  }
  return out;
}

/** The same values under the digests that they have now. */
export function presentDigests(known: ValuesRead, present: PresentValues): ValuesRead {
  return Object.fromEntries(Object.keys(known).map((name) => [name, digestOf(valueNow(name, present))]));
}

/** Names of the values of one kind. */
export function namesRead(values: ValuesRead, kind: 'env' | 'flag'): readonly string[] {
  const start = `${kind} `;
  return Object.keys(values).flatMap((name) => (name.startsWith(start) ? name.slice(start.length) : []));
}

/** Numbers of the sets that hold a changed value, one of these macros, or what is never the same. */
export function changedSets(
  { readSets }: { readonly readSets: readonly ReadSetText[] },
  { values, isVolatile }: { readonly values: ValuesRead; readonly isVolatile: boolean },
  present: PresentValues,
  macros: ReadonlySet<string>,
): ReadonlySet<number> {
  const changed = new Set<string>();
  for (const [name, digest] of Object.entries(values)) {
    if (digestOf(valueNow(name, present)) !== digest) changed.add(name);
  }
  const out = new Set<number>();
  if (changed.size === 0 && !isVolatile && macros.size === 0) return out;
  for (const [number, text] of readSets.entries()) {
    const set = parseReadSet(text);
    const hasChanged = set.volatile || namesOf(set).some((name) => changed.has(name));
    if (hasChanged || set.macros.some((id) => macros.has(id))) out.add(number);
  }
  return out;
}

/** A read set as JSON, which is how it is stored and compared: most are never looked into. */
export type ReadSetText = string;

export const parseReadSet = (text: ReadSetText): ReadSet => JSON.parse(text) as ReadSet;

/** What either of two sets of one package holds. */
export function unionOf(one: ReadSetText, other: ReadSetText): ReadSetText {
  if (one === other) return one;
  const [a, b] = [parseReadSet(one), parseReadSet(other)];
  const both = (x: readonly string[], y: readonly string[]) => [...new Set([...x, ...y])].sort();
  const set: ReadSet = {
    packageName: a.packageName,
    macros: both(a.macros, b.macros),
    variables: both(a.variables, b.variables),
    environment: both(a.environment, b.environment),
    flags: both(a.flags, b.flags),
    target: both(a.target, b.target),
    volatile: a.volatile || b.volatile,
  };
  return JSON.stringify(set);
}

/** Read sets by number; many files read the same. */
export class ReadSets {
  readonly texts: ReadSetText[] = [];
  readonly #numbers = new Map<ReadSetText, number>();

  number(text: ReadSetText): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }
}
