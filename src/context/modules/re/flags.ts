/** Bits of Python's `re` flags. */
export const flagBits = {
  ignoreCase: 2,
  locale: 4,
  multiline: 8,
  dotAll: 16,
  unicode: 32,
  verbose: 64,
  ascii: 256,
};

/** The letters of inline flags: `(?im)`. */
export const flagLetters: Readonly<Record<string, number>> = {
  i: flagBits.ignoreCase,
  L: flagBits.locale,
  m: flagBits.multiline,
  s: flagBits.dotAll,
  u: flagBits.unicode,
  x: flagBits.verbose,
  a: flagBits.ascii,
};
