// Python counts characters by code point, JavaScript by UTF-16 unit; they differ only where surrogates occur.

const surrogate = /[\ud800-\udfff]/;

export function hasSurrogates(text: string): boolean {
  return surrogate.test(text);
}

/** Length in code points. */
export function lengthOfText(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The characters of a text, one code point each. */
export function charactersOf(text: string): string[] {
  return Array.from(text);
}

/** Code points from `start` to `end` (both within the text, end exclusive). */
export function sliceText(text: string, start: number, end: number): string {
  return hasSurrogates(text) ? charactersOf(text).slice(start, end).join('') : text.slice(start, end);
}

/** The code-point index of a UTF-16 offset; -1 stays -1. */
export function pointIndex(text: string, offset: number): number {
  return offset < 0 ? offset : lengthOfText(text.slice(0, offset));
}

/** Orders texts by code point; negative, zero or positive. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  if (!hasSurrogates(left) && !hasSurrogates(right)) return left < right ? -1 : 1;
  const others = right[Symbol.iterator]();
  for (const character of left) {
    const other = others.next();
    if (other.done === true) return 1;
    if (character !== other.value) return character.codePointAt(0)! - other.value.codePointAt(0)!;
  }
  return -1;
}
