import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import { DateTime } from '../modules/datetime/datetime.ts';

/** A value as text, points in time with a `T` between date and time. */
export function isoText(value: Value): string {
  const text = str(value);
  return value instanceof DateTime ? text.replace(' ', 'T') : text;
}
