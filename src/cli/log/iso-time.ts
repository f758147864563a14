/** `2026-11-21T15:10:13.814000Z`: UTC, with six digits as dbt's logs have them. */
export function isoTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== latest.second) {
    latest = { second, text: new Date(second * 1000).toISOString().slice(0, 19) };
  }
  const fraction = Math.floor(milliseconds - second * 1000);
  return `${latest.text}.${String(fraction).padStart(3, '0')}000Z`;
}

/** Thousands of lines are told within one second. */
let latest = { second: Number.NaN, text: '' };

/** `15:10:13`, UTC as in dbt's console. */
export const clockTime = (milliseconds: number): string => isoTime(milliseconds).slice(11, 19);
