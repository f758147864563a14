import { isIndex } from '../numbers.ts';
import { raise } from '../py-error.ts';
import { isText, textOf, typeName, type Value } from '../values.ts';

/** An argument that must be text; `what` starts the error: `replace() argument 1`. */
export function textArgument(value: Value | undefined, what = ''): string {
  if (value !== undefined && isText(value)) return textOf(value);
  const prefix = what === '' ? '' : `${what} `;
  return raise('TypeError', `${prefix}must be str, not ${typeName(value ?? null)}`);
}

/** Text, or null for None and for an argument that is not given. */
export function optionalText(value: Value | undefined, what: string): string | null {
  return value === undefined || value === null ? null : textArgument(value, what);
}

/** The characters that `strip` removes; null for white space. */
export function stripArgument(value: Value | undefined, name: string): string | null {
  if (value === undefined || value === null) return null;
  return isText(value) ? textOf(value) : raise('TypeError', `${name} arg must be None or str`);
}

/** What `split` splits at; null for white space. */
export function separatorArgument(value: Value): string | null {
  if (value === null) return null;
  return isText(value) ? textOf(value) : raise('TypeError', `must be str or None, not ${typeName(value)}`);
}

/** A count, width or limit. */
export function intArgument(value: Value): number {
  if (!isIndex(value)) raise('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(value);
}

/** One character, to fill with. */
export function fillArgument(value: Value | undefined): string {
  if (value === undefined) return ' ';
  const text = textArgument(value, 'The fill character');
  if (Array.from(text).length !== 1)
    raise('TypeError', 'The fill character must be exactly one character long');
  return text;
}
