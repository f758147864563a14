/** Offsets of the IANA time zones, from the tables that JavaScript's Intl brings; nothing is loaded before first use. */
export interface ZoneTable {
  /** The zone's name in its usual spelling. */
  readonly name: string;
  /** Seconds east of UTC at an instant (seconds since 1970). */
  offsetAt(seconds: number): number;
  /** Its English name at an instant, as `Central European Summer Time`; empty where there is none. */
  longNameAt(seconds: number): string;
}

const tables = new Map<string, ZoneTable | null>();

/** null for a name that is no time zone. */
export function zoneTable(name: string): ZoneTable | null {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = makeTable(name);
  tables.set(name, table);
  return table;
}

function makeTable(name: string): ZoneTable | null {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return null;
  const options = { timeZone: name, calendar: 'gregory', hourCycle: 'h23' } as const;
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat('en-US', {
      ...options,
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
  const resolved = clock.resolvedOptions().timeZone;
  let names: Intl.DateTimeFormat | null = null;
  return {
    name: resolved.toLowerCase() === name.toLowerCase() ? resolved : name,
    offsetAt: (seconds) => wallSeconds(clock, seconds) - seconds,
    longNameAt: (seconds) => {
      names ??= new Intl.DateTimeFormat('en-US', { ...options, timeZoneName: 'long' });
      const parts = names.formatToParts(new Date(seconds * 1000));
      return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    },
  };
}

/** What the zone's clock shows at an instant, as seconds since 1970 on that clock. */
function wallSeconds(clock: Intl.DateTimeFormat, seconds: number): number {
  const parts = new Map(clock.formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era')?.startsWith('B') ? 1 - number('year') : number('year');
  const wall = new Date(0);
  wall.setUTCFullYear(year, number('month') - 1, number('day'));
  wall.setUTCHours(number('hour'), number('minute'), number('second'));
  return wall.getTime() / 1000;
}
