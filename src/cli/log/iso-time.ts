/** `2026-11-21T15:10:13.814000Z`: UTC, with six digits as dbt's logs have them. */
export function isoTime(milliseconds: number): string {
  if (milliseconds !== latest.milliseconds) {
    latest = { milliseconds, text: new Date(milliseconds).toISOString().replace('Z', '000Z') };
  }
  return latest.text;
}

/** Thousands of lines are told within one millisecond. */
let latest = { milliseconds: Number.NaN, text: '' };

/** `15:10:13`, UTC as in dbt's console. */
export const clockTime = (milliseconds: number): string => isoTime(milliseconds).slice(11, 19);
