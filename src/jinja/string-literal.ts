const escapeSequence = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

const named = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['\n', ''],
]);

/** Resolves the escapes of a Python string literal; an unknown escape keeps its backslash, as in Python. */
export function unescapeString(literal: string): string {
  return literal.replace(escapeSequence, (whole, x, u, U, octal, character) => {
    const hex: string | undefined = x ?? u ?? U;
    if (hex !== undefined) return fromCodePoint(Number.parseInt(hex, 16), whole);
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return named.get(character) ?? whole;
  });
}

function fromCodePoint(code: number, whole: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
