import { createHash } from 'node:crypto';
import type { AdapterFacts } from './facts.ts';
import type { RelationName } from './relation.ts';

/** Which parts of a name are printed in quotes: dbt's quoting policy. */
export type QuotingPolicy = AdapterFacts['quoting'];

/** The identifier in the warehouse's quotes; quotes inside it are doubled, so that any name stays a name. */
export function quoteIdentifier(facts: AdapterFacts, name: string): string {
  return facts.quote + name.replaceAll(facts.quote, facts.quote + facts.quote) + facts.quote;
}

/** The name as SQL, absent parts left out; a part that the policy does not quote is printed as it is. */
export function renderRelation(
  facts: AdapterFacts,
  name: RelationName,
  policy: QuotingPolicy = facts.quoting,
): string {
  const parts: string[] = [];
  const add = (part: string | null, quoted: boolean): void => {
    if (part !== null) parts.push(quoted ? quoteIdentifier(facts, part) : part);
  };
  add(name.database, policy.database);
  add(name.schema, policy.schema);
  add(name.identifier, policy.identifier);
  return parts.join('.');
}

/** A value as SQL text that cannot break out of its place. Numbers must be finite. */
export function literal(facts: AdapterFacts, value: string | number | bigint | boolean | null): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`no SQL literal for ${value}`);
  if (typeof value !== 'string') return String(value);
  const escaped =
    facts.syntax.backslashEscapes === 'always'
      ? value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
      : value.replaceAll("'", "''");
  return `'${escaped}'`;
}

/** A name written without quotes, as the warehouse keeps it. */
export function foldName({ folding }: AdapterFacts, name: string): string {
  if (folding === 'preserve') return name;
  return folding === 'lower' ? name.toLowerCase() : name.toUpperCase();
}

/** Size of an identifier as warehouses count it: bytes of UTF-8. */
export const identifierBytes = (name: string): number => Buffer.byteLength(name, 'utf8');

export const fitsIdentifierLimit = (facts: AdapterFacts, name: string): boolean =>
  facts.identifierLimit === null || identifierBytes(name) <= facts.identifierLimit;

export interface StagingOptions {
  /** UUID of the invocation: its last twelve hexadecimal digits go into the name. */
  readonly invocationId: string;
  /** What the relation is for, unique within the node: lower-case letters and digits only (`new`, `old`, `b12`). */
  readonly suffix: string;
  /** Milliseconds since 1970 UTC after which anybody may drop it; absent where only its own run may. */
  readonly leaseUntil?: number;
}

/** What a staging name tells about its maker. */
export interface StagingName {
  /** The destination's identifier, or its beginning where the name would have been too long. */
  readonly stem: string;
  readonly suffix: string;
  /** The last twelve hexadecimal digits of the invocation's id. */
  readonly invocation: string;
  /** Milliseconds since 1970 UTC, cut to seconds; null where the name carries no lease. */
  readonly leaseUntil: number | null;
}

/**
 * A name beside the destination that only this invocation makes and every later one recognises:
 * `<identifier>__sluice_<suffix>_<invocation>[_<lease>]`. Where that is too long for the warehouse the identifier is
 * cut between code points and a hash of the whole identifier keeps two long destinations apart.
 */
export function stagingName(
  facts: AdapterFacts,
  destination: RelationName,
  options: StagingOptions,
): RelationName {
  if (!/^[a-z0-9]+$/.test(options.suffix)) throw new TypeError(`not a staging suffix: ${options.suffix}`);
  const lease =
    options.leaseUntil === undefined ? '' : `_${Math.floor(options.leaseUntil / 1000).toString(36)}`;
  const tail = `__sluice_${options.suffix}_${invocationMark(options.invocationId)}${lease}`;
  const whole = destination.identifier + tail;
  if (fitsIdentifierLimit(facts, whole)) return { ...destination, identifier: whole };
  const hash = createHash('sha256').update(destination.identifier).digest('hex').slice(0, 8);
  const room = (facts.identifierLimit ?? 0) - identifierBytes(tail) - hash.length - 1;
  return { ...destination, identifier: `${cutToBytes(destination.identifier, room)}_${hash}${tail}` };
}

/** Reads a name that `stagingName` made, whatever the warehouse did to its case; null for every other name. */
export function parseStagingName(identifier: string): StagingName | null {
  const found = /^(.+)__sluice_([a-z0-9]+)_([0-9a-f]{12})(?:_([0-9a-z]+))?$/isu.exec(identifier);
  if (found === null) return null;
  const [, stem, suffix, invocation, lease] = found;
  return {
    stem: stem!,
    suffix: suffix!.toLowerCase(),
    invocation: invocation!.toLowerCase(),
    leaseUntil: lease === undefined ? null : Number.parseInt(lease, 36) * 1000,
  };
}

/** The part of an invocation's id that staging names carry. */
export const invocationMark = (invocationId: string): string =>
  invocationId.replaceAll('-', '').slice(-12).toLowerCase();

function cutToBytes(text: string, limit: number): string {
  let bytes = 0;
  let cut = '';
  for (const letter of text) {
    bytes += identifierBytes(letter);
    if (bytes > limit) break;
    cut += letter;
  }
  return cut;
}
