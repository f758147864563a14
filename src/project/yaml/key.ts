import { isMapping, type Mapping } from './mapping.ts';
import { resolvePlain } from './plain-scalar.ts';

/** Stands for the plain key `<<`, whose mappings are merged into its own. */
export const mergeKey = Symbol('<<');

/** The key that a plain scalar is: any resolved value, or `mergeKey`. */
export function plainKey(source: string): unknown {
  if (source === '<<') return mergeKey;
  return source === '=' ? source : resolvePlain(source);
}

/** The mappings that a `<<` names: one, or a list; null where its value is neither. */
export function mergeSources(value: unknown): readonly Mapping[] | null {
  if (isMapping(value)) return [value];
  return Array.isArray(value) && value.every(isMapping) ? value : null;
}

/** Characters that a plain scalar cannot begin with: indicators, quotes and what is reserved. */
const reserved = new Uint8Array(128);
for (const character of ',[]{}#&*!|>\'"%@`') reserved[character.charCodeAt(0)] = 1;
const blankNext = new Uint8Array(128);
for (const character of '-?:') blankNext[character.charCodeAt(0)] = 1;

/** Whether a plain scalar begins with this character; `blankFollows` tells `-1` from `- 1`. */
export function startsPlain(code: number, blankFollows: boolean): boolean {
  if (!(code < 128)) return code >= 128;
  return reserved[code] === 0 && (blankNext[code] === 0 || !blankFollows);
}
