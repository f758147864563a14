import { resolvePlain } from '../yaml/plain-scalar.ts';

/** Where PyYAML begins to look for a place to break a line. */
const bestWidth = 80;

/**
 * A mapping of one list of mappings of texts, and texts, as PyYAML writes it for dbt: keys in order, lists indented
 * by two. A lock that nothing has changed keeps its bytes whichever tool writes it.
 */
export function lockYaml(
  data: Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>,
): string {
  const lines = inOrder(data).map(([key, value]) => {
    if (typeof value === 'string') return `${key}: ${scalarYaml(value, key.length + 2, 2)}\n`;
    if (value.length === 0) return `${key}: []\n`;
    return `${key}:\n${value.map(itemYaml).join('')}`;
  });
  return lines.join('');
}

function itemYaml(item: Readonly<Record<string, string>>): string {
  return inOrder(item)
    .map(
      ([key, value], index) =>
        `${index === 0 ? '  - ' : '    '}${key}: ${scalarYaml(value, key.length + 6, 6)}\n`,
    )
    .join('');
}

const inOrder = <Value>(data: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));

/** One text, plain or in quotes. `column` is where it begins, `indent` that of the lines it goes on with. */
export function scalarYaml(text: string, column: number, indent: number): string {
  if (!/^[\x20-\x7e]*$/.test(text)) return doubleQuoted(text, column, indent);
  if (isPlain(text)) return folded(text, column, indent, false);
  return `'${folded(text.replaceAll("'", "''"), column + 1, indent, true)}'`;
}

const indicator = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?: |$)|---|\.\.\.)|: |:$| #/;
const timestamp =
  /^\d{4}-\d\d-\d\d$|^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/;

/** Whether it can stand without quotes and is read as the same text. */
function isPlain(text: string): boolean {
  if (text === '' || /^ | $/.test(text) || indicator.test(text)) return false;
  if (text === '=' || text === '<<' || timestamp.test(text)) return false;
  return resolvePlain(text) === text;
}

/** Breaks the line at a single space behind column 80; never at the ends of a quoted text. */
function folded(text: string, column: number, indent: number, quoted: boolean): string {
  let at = column;
  return text.replace(/ +|[^ ]+/g, (part, offset: number) => {
    const atEnd = offset === 0 || offset + part.length === text.length;
    if (part === ' ' && at > bestWidth && !(quoted && atEnd)) {
      at = indent;
      return `\n${' '.repeat(indent)}`;
    }
    at += part.length;
    return part;
  });
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

function doubleQuoted(text: string, column: number, indent: number): string {
  const characters = [...text];
  let out = '"';
  let at = column + 1;
  let held = '';
  const flush = (): void => {
    out += held;
    at += held.length;
    held = '';
  };
  for (const [index, character] of characters.entries()) {
    const code = escapeOf(character);
    if (code === null) held += character;
    else {
      flush();
      out += code;
      at += code.length;
    }
    const inside = index > 0 && index < characters.length - 1;
    if (!inside || (character !== ' ' && held !== '') || at + held.length <= bestWidth) continue;
    if (character === ' ') held = held.slice(0, -1);
    flush();
    out += `\\\n${' '.repeat(indent)}`;
    at = indent;
    if (character === ' ') {
      out += '\\';
      at += 1;
      held = ' ';
    }
  }
  flush();
  return `${out}"`;
}

function escapeOf(character: string): string | null {
  const letter = escapes[character];
  if (letter !== undefined) return `\\${letter}`;
  if (/^[\x20-\x7e]$/.test(character)) return null;
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
