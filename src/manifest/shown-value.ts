import { reprText, str } from '../jinja/text.ts';
import type { Value } from '../jinja/values.ts';

/** A value in a message: short, as Python prints it. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? reprText(value) : value === undefined ? 'nothing' : describe(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? 'a mapping'
    : str(value as Value);
}
