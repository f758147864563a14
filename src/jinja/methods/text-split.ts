import { isSpace } from '../characters.ts';
import { raise } from '../py-error.ts';
import { strip, words } from '../whitespace.ts';

/** `text.split(separator, limit)`; a null separator splits at white space, a negative limit is none. */
export function splitText(text: string, separator: string | null, limit: number): string[] {
  if (separator === '') raise('ValueError', 'empty separator');
  if (separator === null) return limit < 0 ? words(text) : splitWords(text, limit);
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function splitWords(text: string, limit: number): string[] {
  const out: string[] = [];
  let rest = strip(text, null, 'left');
  while (rest !== '' && out.length < limit) {
    let end = 0;
    while (end < rest.length && !isSpace(rest.charCodeAt(end))) end += 1;
    out.push(rest.slice(0, end));
    rest = strip(rest.slice(end), null, 'left');
  }
  if (rest !== '') out.push(rest);
  return out;
}

/** `text.rsplit(separator, limit)`: as split, counting from the end. */
export function splitTextFromEnd(text: string, separator: string | null, limit: number): string[] {
  if (limit < 0) return splitText(text, separator, -1);
  if (separator === '') raise('ValueError', 'empty separator');
  if (separator === null) return splitWordsFromEnd(text, limit);
  const parts = text.split(separator);
  if (parts.length <= limit + 1) return parts;
  const first = parts.length - limit;
  return [parts.slice(0, first).join(separator), ...parts.slice(first)];
}

function splitWordsFromEnd(text: string, limit: number): string[] {
  const out: string[] = [];
  let rest = strip(text, null, 'right');
  while (rest !== '' && out.length < limit) {
    let start = rest.length;
    while (start > 0 && !isSpace(rest.charCodeAt(start - 1))) start -= 1;
    out.unshift(rest.slice(start));
    rest = strip(rest.slice(0, start), null, 'right');
  }
  if (rest !== '') out.unshift(rest);
  return out;
}

/** `text.replace(old, replacement, count)`; a negative count replaces all. */
export function replaceText(text: string, old: string, replacement: string, count: number): string {
  if (count < 0 && old !== '') return text.replaceAll(old, () => replacement);
  const limit = count < 0 ? Number.POSITIVE_INFINITY : count;
  if (old === '') return interleave(text, replacement, limit);
  let out = '';
  let start = 0;
  for (let done = 0; done < limit; done += 1) {
    const found = text.indexOf(old, start);
    if (found < 0) break;
    out += text.slice(start, found) + replacement;
    start = found + old.length;
  }
  return out + text.slice(start);
}

/** An empty text is found before every character and at the end. */
function interleave(text: string, replacement: string, limit: number): string {
  let out = '';
  let done = 0;
  for (const character of text) {
    out += (done < limit ? replacement : '') + character;
    done += 1;
  }
  return done < limit ? out + replacement : out;
}
