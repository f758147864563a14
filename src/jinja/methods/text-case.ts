const cased = /\p{Cased}/u;

/** A character at the start of a word: `ß` becomes `Ss`, not `SS`. */
export function titleCharacter(character: string): string {
  const upper = character.toUpperCase();
  const [first = '', ...rest] = upper;
  return first + rest.join('').toLowerCase();
}

/** `text.capitalize()`. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  return titleCharacter(first) + text.slice(first.length).toLowerCase();
}

/** `text.title()`: a letter is upper case where none stands before it, also after an apostrophe or digit. */
export function titleCase(text: string): string {
  let out = '';
  let inWord = false;
  for (const character of text) {
    const letter = cased.test(character);
    out += letter ? (inWord ? character.toLowerCase() : titleCharacter(character)) : character;
    inWord = letter;
  }
  return out;
}

/** `text.swapcase()`. */
export function swapCase(text: string): string {
  let out = '';
  for (const character of text) {
    if (/\p{Uppercase}/u.test(character)) out += character.toLowerCase();
    else out += /\p{Lowercase}/u.test(character) ? character.toUpperCase() : character;
  }
  return out;
}

/** `text.casefold()`: lower case, with the letters whose full folding is longer or another letter. */
export function caseFold(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\u00df\u0149\u01f0\ufb00-\ufb06\ufb13-\ufb17]/g, (letter) =>
      letter.toUpperCase().toLowerCase(),
    )
    .replaceAll('\u03c2', '\u03c3');
}

/** `text.islower()`: has cased characters, and all of them are lower case. */
export function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

/** `text.isupper()`. */
export function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

/** `text.istitle()`: upper case only where a word starts, and there always. */
export function isTitle(text: string): boolean {
  let inWord = false;
  let any = false;
  for (const character of text) {
    const upper = /[\p{Uppercase}\p{Lt}]/u.test(character);
    const lower = /\p{Lowercase}/u.test(character);
    if ((upper && inWord) || (lower && !inWord)) return false;
    inWord = upper || lower;
    any ||= inWord;
  }
  return any;
}
