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

/** Kind and name of every value of a set, with the value as it is now. */
function* valuesOf(set: ReadSet, present: PresentValues): Generator<readonly [string, unknown]> {
  for (const name of set.variables) {
    yield [`var ${set.packageName} ${name}`, present.variable(set.packageName, name)];
  }
  for (const name of set.environment) yield [`env ${name}`, present.environment(name)];
  for (const name of set.flags) yield [`flag ${name}`, present.flag(name)];
  for (const field of set.target) yield [`target ${field}`, present.target(field)];
}

export function digestsOf(sets: Iterable<ReadSet>, present: PresentValues): ValuesRead {
  const out: Record<string, string> = {};
  for (const set of sets) {
    for (const [name, value] of valuesOf(set, present)) out[name] ??= digestOf(value);
  }
  return out;
}

/** Whether everything that a file's templates read is as it was. */
export function readsTheSame(set: ReadSet, known: ValuesRead, present: PresentValues): boolean {
  if (set.volatile) return false;
  for (const [name, value] of valuesOf(set, present)) if (known[name] !== digestOf(value)) return false;
  return true;
}

/** Read sets by number; many files read the same. */
export class ReadSets {
  readonly values: ReadSet[] = [];
  readonly #numbers = new Map<ReadSet, number>();
  readonly #texts = new Map<string, number>();

  number(set: ReadSet): number {
    let number = this.#numbers.get(set);
    if (number !== undefined) return number;
    const text = JSON.stringify(set);
    number = this.#texts.get(text) ?? this.values.push(set) - 1;
    this.#numbers.set(set, number);
    this.#texts.set(text, number);
    return number;
  }
}
