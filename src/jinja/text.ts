import { dictEntries } from './dict.ts';
import { floatRepr, intRepr } from './numbers.ts';
import { raise } from './py-error.ts';
import {
  Callable,
  DictView,
  hostTypeOf,
  isDict,
  Markup,
  Namespace,
  PyFloat,
  PyRange,
  PySet,
  PyTuple,
  Undefined,
  type Value,
} from './values.ts';

/** `str(value)`: what an output expression prints. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Markup) return value.text;
    if (value instanceof Undefined) return '';
    const host = hostTypeOf(value);
    if (host?.str !== undefined) return host.str(value);
  }
  return repr(value);
}

/** `repr(value)`: how a value prints inside a list. A container within itself prints as `[...]` or `{...}`. */
export function repr(value: Value): string {
  return reprWithin(value, []);
}

/** The quoted form of a text: single quotes unless only they occur in it, and escapes for what is not printable. */
export function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (plain.test(text) && !text.includes(quote)) return quote + text + quote;
  let out = quote;
  for (const character of text) {
    if (character === quote || character === '\\') out += `\\${character}`;
    else out += unprintable.test(character) ? escapeCharacter(character) : character;
  }
  return out + quote;
}

const plain = /^[\x20-\x5b\x5d-\x7e]*$/;
const unprintable = /[\p{C}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;

/** Whether a text has characters that `repr` escapes; quotes and backslashes are not among them. */
export function isUnprintable(text: string): boolean {
  return unprintable.test(text);
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const known = named[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0)!;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** `ascii(value)`: as repr, with everything outside ASCII escaped. */
export function asciiRepr(value: Value): string {
  return repr(value).replace(/\P{ASCII}/gu, escapeCharacter);
}

function reprWithin(value: Value, containers: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return reprText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return Number.isInteger(value) ? intRepr(value) : floatRepr(value);
    case 'bigint':
      return intRepr(value);
    default:
      return value === null ? 'None' : reprObject(value, containers);
  }
}

function reprObject(value: Value & object, containers: readonly object[]): string {
  if (value instanceof PyFloat) return floatRepr(value.value);
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Markup) return `Markup(${reprText(value.text)})`;
  if (value instanceof PyRange) {
    const step = value.step === 1 ? '' : `, ${value.step}`;
    return `range(${value.start}, ${value.stop}${step})`;
  }
  if (value instanceof Callable) return `<function ${value.name}>`;
  const host = hostTypeOf(value);
  if (host !== undefined) {
    return host.repr?.(value) ?? host.str?.(value) ?? `<${host.typeName} object>`;
  }
  return reprContainer(value, containers);
}

/** Containers within one another; beyond it Python's recursion limit ends the printing too. */
const deepest = 300;

function reprContainer(value: Value & object, containers: readonly object[]): string {
  if (containers.includes(value)) {
    if (Array.isArray(value)) return value instanceof PyTuple ? '(...)' : '[...]';
    return isDict(value) ? '{...}' : '...';
  }
  if (containers.length >= deepest) raise('RecursionError', 'a value is nested too deeply to be printed');
  const inside = [...containers, value];
  const items = (list: readonly Value[]): string => list.map((item) => reprWithin(item, inside)).join(', ');
  if (value instanceof PyTuple) return value.length === 1 ? `(${items(value)},)` : `(${items(value)})`;
  if (Array.isArray(value)) return `[${items(value)}]`;
  if (value instanceof PySet) return value.size === 0 ? 'set()' : `{${items(value.items())}}`;
  if (value instanceof DictView) return `dict_${value.kind}([${items(value.items())}])`;
  if (value instanceof Namespace) return `<Namespace ${reprWithin(value.attributes, inside)}>`;
  if (isDict(value)) {
    const entries = dictEntries(value).map(
      ([key, item]) => `${reprWithin(key, inside)}: ${reprWithin(item, inside)}`,
    );
    return `{${entries.join(', ')}}`;
  }
  return '<object>';
}
