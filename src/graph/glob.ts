/**
 * Patterns of selectors: `*`, `?`, `[abc]`, `[a-z]` and `[!abc]` over the whole text, case-sensitive, as Python's
 * `fnmatch` on POSIX. Matching takes at most text x text steps whatever the pattern, never a regular expression's
 * exponential time.
 */
export interface Glob {
  matches(text: string): boolean;
}

const wildcard = /[*?[\]]/;

/** True for text that holds a character with a meaning in patterns, a closing bracket included. */
export const isPattern = (text: string): boolean => wildcard.test(text);

export function compileGlob(pattern: string): Glob {
  if (!isPattern(pattern)) return { matches: (text) => text === pattern };
  const tokens = tokenize(pattern);
  const shortest = tokens.filter((token) => token !== star).length;
  return { matches: (text) => matchTokens(tokens, shortest, text) };
}

/** Paths with forward slashes, segment by segment: as `Glob`, and `**` stands for any number of folders. */
export function compilePathGlob(pattern: string): PathGlob {
  const segments: (typeof star | Glob)[] = [];
  for (const segment of pathSegments(pattern)) {
    if (segment !== '**') segments.push(compileGlob(segment));
    else if (segments.at(-1) !== star) segments.push(star);
  }
  return {
    matchesFile: (path) => segments.at(-1) !== star && matchSegments(segments, pathSegments(path)),
    matchesFolder: (path) => matchSegments(segments, pathSegments(path)),
  };
}

export interface PathGlob {
  /** A pattern that ends in `**` matches folders only. */
  matchesFile(path: string): boolean;
  /** The empty path is the project's root. */
  matchesFolder(path: string): boolean;
}

const star = Symbol('any number of characters');

type CharacterTest = (character: string) => boolean;
type Token = typeof star | CharacterTest;

const pathSegments = (path: string): string[] =>
  path.split('/').filter((segment) => segment !== '' && segment !== '.');

/** Two pointers and the place to go back to at the last star: earlier stars never need another try. */
function matchTokens(tokens: readonly Token[], shortest: number, text: string): boolean {
  if (text.length < shortest) return false;
  let token = 0;
  let position = 0;
  let retryToken = -1;
  let retryPosition = 0;
  while (position < text.length) {
    const current = tokens[token];
    if (current === star) {
      token += 1;
      retryToken = token;
      retryPosition = position;
    } else if (current?.(text[position]!)) {
      token += 1;
      position += 1;
    } else {
      if (retryToken < 0) return false;
      token = retryToken;
      retryPosition += 1;
      position = retryPosition;
    }
  }
  while (tokens[token] === star) token += 1;
  return token === tokens.length;
}

function matchSegments(pattern: readonly (typeof star | Glob)[], path: readonly string[]): boolean {
  // A run of folders may be empty, so whoever stands before one stands behind it too.
  const from = (index: number): number[] => (pattern[index] === star ? [index, index + 1] : [index]);
  let reached = new Set(from(0));
  for (const segment of path) {
    const next = new Set<number>();
    for (const index of reached) {
      const part = pattern[index];
      if (part === star) for (const each of from(index)) next.add(each);
      else if (part?.matches(segment)) for (const each of from(index + 1)) next.add(each);
    }
    reached = next;
  }
  return reached.has(pattern.length);
}

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index]!;
    if (character === '*') {
      if (tokens.at(-1) !== star) tokens.push(star);
    } else if (character === '?') {
      tokens.push(() => true);
    } else if (character === '[') {
      // A bracket that is the first member of the set does not close it; one that never closes is itself.
      const first = index + (pattern[index + 1] === '!' ? 2 : 1);
      const end = pattern.indexOf(']', first + 1);
      if (end < 0) tokens.push((other) => other === '[');
      else tokens.push(characterSet(pattern.slice(index + 1, end)));
      if (end >= 0) index = end;
    } else {
      tokens.push((other) => other === character);
    }
  }
  return tokens;
}

function characterSet(body: string): CharacterTest {
  const negated = body.startsWith('!');
  const members = negated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let index = 0; index < members.length; index += 1) {
    const isRange = members[index + 1] === '-' && index + 2 < members.length;
    ranges.push([members[index]!, isRange ? members[index + 2]! : members[index]!]);
    if (isRange) index += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated;
}
