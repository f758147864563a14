/** Milliseconds of the units that PostgreSQL knows, by their names. */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest that the server takes: some 24 days. */
const longestMs = 2 ** 31 - 1;

/**
 * A limit of time as a profile writes it: whole seconds, or a number with a unit, as the server takes it (`90s`,
 * `5min`). In milliseconds; 0 is no limit; null where it is neither.
 */
export function timeoutMs(value: unknown): number | null {
  const text = typeof value === 'number' ? `${value}s` : typeof value === 'string' ? value.trim() : '';
  const [, number, unit] = /^(\d+)\s*(ms|s|min|h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit ?? ''] ?? Number.NaN);
  return ms <= longestMs ? ms : null;
}
