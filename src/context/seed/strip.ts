/** `text.strip()` of Python, whose white space JavaScript's `trim` does not quite share. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end - start === text.length ? text : text.slice(start, end);
}

function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  return code === 0x85 || (code !== 0xfeff && code >= 0xa0 && wideSpace.test(String.fromCharCode(code)));
}

const wideSpace = /\s/;

/** Stripped text that stands for null in a seed: nothing, or the word null in any case. */
export function isNullWord(stripped: string): boolean {
  return stripped === '' || (stripped.length === 4 && stripped.toLowerCase() === 'null');
}

/** Decimal digits of other scripts as ASCII digits: Python reads them in numbers and dates. */
export function asciiDigits(text: string): string {
  if (!beyondAscii.test(text)) return text;
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    // Digits come in runs of ten, the first of which is zero.
    let first = code;
    while (anyDigit.test(String.fromCodePoint(first - 1))) first -= 1;
    return String((code - first) % 10);
  });
}

const beyondAscii = /\P{ASCII}/u;
const anyDigit = /^\p{Nd}$/u;
