import { isSpace } from './characters.ts';

/** Removes characters from the ends: Python's white space, or any of those in `characters`. */
export function strip(
  text: string,
  characters: string | null,
  side: 'left' | 'right' | 'both' = 'both',
): string {
  const stripped =
    characters === null
      ? (index: number) => isSpace(text.charCodeAt(index))
      : (index: number) => characters.includes(text[index]!);
  let start = 0;
  let end = text.length;
  if (side !== 'right') while (start < end && stripped(start)) start += 1;
  if (side !== 'left') while (end > start && stripped(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** The words between white space, as `text.split()`. */
export function words(text: string): string[] {
  const out: string[] = [];
  let start = -1;
  for (let index = 0; index <= text.length; index += 1) {
    const inWord = index < text.length && !isSpace(text.charCodeAt(index));
    if (inWord && start < 0) start = index;
    if (!inWord && start >= 0) {
      out.push(text.slice(start, index));
      start = -1;
    }
  }
  return out;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators 0x1c to 0x1e end a line in Python
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** `text.splitlines(keepends)`: every line boundary that Python knows. */
export function splitLines(text: string, keepEnds = false): string[] {
  const out: string[] = [];
  let start = 0;
  for (const match of text.matchAll(lineEnd)) {
    out.push(text.slice(start, keepEnds ? match.index + match[0].length : match.index));
    start = match.index + match[0].length;
  }
  if (start < text.length) out.push(text.slice(start));
  return out;
}
