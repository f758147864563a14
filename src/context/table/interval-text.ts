import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import { TimeDelta } from '../modules/datetime/timedelta.ts';

const parts =
  /^(?:([+-]?\d+) years? ?)?(?:([+-]?\d+) mon(?:th)?s? ?)?(?:([+-]?\d+) days? ?)?(?:([+-])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/;

/**
 * An interval in the engine's text as Python prints the `timedelta` that dbt's driver makes of it, where a month has
 * thirty days and a year what the driver says; the text as it stands where Python has no such span.
 */
export function intervalText(text: string, daysPerYear: number): string {
  const found = parts.exec(text.trim());
  if (found === null) return text;
  const [years, months, days] = found.slice(1, 4).map((part) => Number(part ?? 0));
  const [sign, hours, minutes, seconds, fraction] = found.slice(4);
  const clock = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0);
  const micros = BigInt(clock) * 1_000_000n + BigInt((fraction ?? '').padEnd(6, '0'));
  const whole = BigInt(years! * daysPerYear + months! * 30 + days!) * 86_400_000_000n;
  try {
    return str(new TimeDelta(whole + (sign === '-' ? -micros : micros)) as unknown as Value);
  } catch {
    return text;
  }
}
