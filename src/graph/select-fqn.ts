import type { AnyNode } from '../manifest/node.ts';
import { compileGlob, type Glob, isPattern } from './glob.ts';
import type { Criterion } from './selector.ts';

/**
 * Matches a node's name, or the beginning of its fqn with or without the package: `orders`, `staging`,
 * `shop.staging.*`. From the first part with a wildcard on, one pattern covers the rest, so a `*` crosses dots.
 * A versioned model is found by its name, by `name.v2` and by `name_v2`. Sources have no fqn of this kind.
 */
export function fqnMatcher({ value }: Criterion): (node: AnyNode) => boolean {
  const pattern = parsePattern(String(value));
  if (pattern.text === '*') return (node) => node.resource_type !== 'source';
  return (node) => {
    const type = node.resource_type;
    if (type === 'source') return false;
    const isVersioned = type === 'model' && node.version !== null && node.version !== undefined;
    const { fqn } = node;
    return matches(fqn, 0, isVersioned, pattern) || matches(fqn, 1, isVersioned, pattern);
  };
}

interface FqnPattern {
  readonly text: string;
  readonly parts: readonly string[];
  /** How many parts stand before the first one with a wildcard: all of them where there is none. */
  readonly exactCount: number;
  readonly rest: Glob | null;
  /** The whole pattern where it is a single part: it may match the name alone, however deep the node stands. */
  readonly leaf: Glob | null;
}

function parsePattern(text: string): FqnPattern {
  const parts = text.split('.');
  const first = parts.findIndex(isPattern);
  if (first < 0) return { text, parts, exactCount: parts.length, rest: null, leaf: null };
  const rest = compileGlob(parts.slice(first).join('.'));
  return { text, parts, exactCount: first, rest, leaf: parts.length === 1 ? rest : null };
}

/** `from` leaves out the package. */
function matches(all: readonly string[], from: 0 | 1, isVersioned: boolean, pattern: FqnPattern): boolean {
  const name = all.length > from ? all.at(isVersioned ? -2 : -1) : undefined;
  if (name === pattern.text) return true;
  // Nearly every node ends here, of tens of thousands.
  const [first] = pattern.parts;
  if (pattern.exactCount > 0 && !isVersioned && all[from]?.startsWith(first!) !== true) return false;
  const fqn = from === 0 ? all : all.slice(from);
  if (isVersioned && fqn.slice(-2).join('_') === pattern.parts.slice(-2).join('_')) return true;
  // A dot in a name separates like a folder.
  const flat = fqn.some((part) => part.includes('.')) ? fqn.flatMap((part) => part.split('.')) : fqn;
  if (flat.length < pattern.parts.length) return false;
  for (let index = 0; index < pattern.exactCount; index += 1) {
    if (flat[index] !== pattern.parts[index]) return false;
  }
  if (pattern.rest === null) return true;
  if (pattern.rest.matches(flat.slice(pattern.exactCount).join('.'))) return true;
  return pattern.leaf !== null && name !== undefined && pattern.leaf.matches(name);
}
