/**
 * Seconds that a zone's clocks are ahead of UTC at an instant (microseconds since 1970). A name that the platform
 * does not know counts as UTC.
 */
export function offsetSeconds(micros: bigint, zone: string): number {
  const format = formatOf(zone);
  if (format === null) return 0;
  const milliseconds = Number(micros / 1000n);
  const seconds = Math.floor(milliseconds / 1000);
  // Beyond the range of Date the clocks of the nearest representable instant are taken.
  const bounded = Math.max(-8.64e12, Math.min(8.64e12, seconds));
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(bounded * 1000)) parts[type] = value;
  const year = parts['era']!.startsWith('B') ? 1 - Number(parts['year']) : Number(parts['year']);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
  local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
  return Math.round(local.getTime() / 1000 - bounded);
}

/** `+00:00`, with seconds only where they are not zero: as Python prints an offset. */
export function offsetText(seconds: number): string {
  const absolute = Math.abs(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(absolute / 3600))}:${two(Math.floor(absolute / 60) % 60)}`;
  const rest = absolute % 60 === 0 ? '' : `:${two(absolute % 60)}`;
  return `${seconds < 0 ? '-' : '+'}${minutes}${rest}`;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  if (/^(etc\/)?(utc|gmt|uct|zulu)$/i.test(zone)) return null;
  let format = formats.get(zone);
  if (format === undefined) {
    format = makeFormat(zone);
    formats.set(zone, format);
  }
  return format;
}

function makeFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}
