import type { PyToken } from './tokens.ts';

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Index behind the bracket that closes the one at `open`; brackets are known to match. */
export function behindGroup(tokens: readonly PyToken[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const token = tokens[index]!;
    if (token.kind !== 'operator') continue;
    if (token.text in pairs) depth += 1;
    else if (token.text === ')' || token.text === ']' || token.text === '}') depth -= 1;
    if (depth === 0) return index + 1;
  }
  return tokens.length;
}

export function isOperator(token: PyToken | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}

export function opensGroup(token: PyToken | undefined): boolean {
  return token?.kind === 'operator' && token.text in pairs;
}

/** The pieces between separators that stand outside of brackets; a last empty piece is left out. */
export function splitAt(tokens: readonly PyToken[], separator: string): readonly (readonly PyToken[])[] {
  const pieces: PyToken[][] = [[]];
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index]!;
    if (isOperator(token, separator)) {
      pieces.push([]);
      index += 1;
      continue;
    }
    const next = opensGroup(token) ? behindGroup(tokens, index) : index + 1;
    pieces.at(-1)!.push(...tokens.slice(index, next));
    index = next;
  }
  if (pieces.at(-1)!.length === 0) pieces.pop();
  return pieces;
}
