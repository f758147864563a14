import { HASH, type HashKey } from '../../jinja/hash-key.ts';
import { HOST, type HostType } from '../../jinja/host.ts';
import { raise } from '../../jinja/py-error.ts';
import { reprText, str } from '../../jinja/text.ts';
import { hostFunction, isText, type Value } from '../../jinja/values.ts';
import { membersOf, method } from '../host-members.ts';
import { DateTime } from './datetime/datetime.ts';
import { TimeDelta } from './datetime/timedelta.ts';
import type { Zone } from './datetime/zone.ts';
import { intOf } from './numbers.ts';
import { abbreviationOf } from './zone-abbreviations.ts';
import { type ZoneTable, zoneTable } from './zone-offsets.ts';

/** One state (offset, name, daylight saving) of a zone of the IANA database, as pytz attaches it to datetimes. */
export class PytzZone implements Zone {
  /** null for UTC and for `FixedOffset`. */
  readonly table: ZoneTable | null;
  readonly offset: number;
  readonly abbreviation: string;
  readonly daylight: number;
  /** Its repr where it belongs to no table. */
  readonly label: string;

  constructor(table: ZoneTable | null, offset: number, abbreviation: string, daylight: number, label = '') {
    this.table = table;
    this.offset = offset;
    this.abbreviation = abbreviation;
    this.daylight = daylight;
    this.label = label;
  }

  at(seconds: number): Zone {
    return this.table === null ? this : stateAt(this.table, seconds);
  }

  get [HOST](): HostType<PytzZone> {
    return zoneType;
  }

  [HASH](): HashKey {
    return `\0pytz${this.table?.name ?? this.label}:${this.offset}`;
  }
}

export const utc = new PytzZone(null, 0, 'UTC', 0, '<UTC>');

/** pytz keeps offsets in whole minutes. */
const toMinute = (seconds: number): number => Math.floor((seconds + 30) / 60) * 60;

function stateAt(table: ZoneTable, seconds: number): PytzZone {
  const offset = table.offsetAt(seconds);
  const standard = standardOffset(table, seconds);
  const name = abbreviationOf(table.longNameAt(seconds), offset);
  return new PytzZone(table, toMinute(offset), offset % 60 === 0 ? name : 'LMT', offset - standard);
}

/** The smaller of the offsets in January and July of that year: what daylight saving is added to. */
function standardOffset(table: ZoneTable, seconds: number): number {
  const year = new Date(seconds * 1000).getUTCFullYear();
  return Math.min(table.offsetAt(Date.UTC(year, 0, 1) / 1000), table.offsetAt(Date.UTC(year, 6, 1) / 1000));
}

/** The state before all others: local mean time. It is what a datetime gets that the zone is given to directly. */
const longAgo = -3_155_760_000 * 2;

function firstState(table: ZoneTable): PytzZone {
  const offset = table.offsetAt(longAgo);
  return new PytzZone(table, toMinute(offset), 'LMT', 0);
}

/** States in which a clock of the zone shows a time: none in a gap, two when clocks go back. */
function candidates(table: ZoneTable, wall: number): PytzZone[] {
  const day = 86_400;
  const offsets = new Set([table.offsetAt(wall - day), table.offsetAt(wall + day)]);
  const valid = [...offsets].filter((offset) => table.offsetAt(wall - offset) === offset);
  return valid.map((offset) => stateAt(table, wall - offset));
}

function localize(zone: PytzZone, value: Value, daylight: Value): DateTime {
  if (!(value instanceof DateTime)) raise('TypeError', 'localize() needs a datetime');
  if (value.zone !== null) raise('ValueError', 'Not naive datetime (tzinfo is already set)');
  if (zone.table === null) return new DateTime(value, value.clock, zone);
  const wall = Number(value.localMicros / 1_000_000n);
  const found = candidates(zone.table, wall);
  if (found.length === 1) return new DateTime(value, value.clock, found[0]!);
  if (daylight === null) {
    raise(`${found.length === 0 ? 'NonExistentTimeError' : 'AmbiguousTimeError'}`, str(value));
  }
  const states = found.length > 0 ? found : around(zone.table, wall);
  const wanted = states.find((state) => (state.daylight !== 0) === (daylight === true)) ?? states[0]!;
  return new DateTime(value, value.clock, wanted);
}

const around = (table: ZoneTable, wall: number): PytzZone[] => [
  stateAt(table, wall - 86_400),
  stateAt(table, wall + 86_400),
];

function normalize(zone: PytzZone, value: Value): Value {
  if (!(value instanceof DateTime) || value.zone === null) raise('ValueError', 'Naive time - no tzinfo set');
  return DateTime.ofInstant(value.instant, zone);
}

/** The state for a naive datetime, as `tz.utcoffset(dt)` finds it. */
function stateFor(zone: PytzZone, value: Value, daylight: Value): PytzZone | null {
  if (value === null) return null;
  if (value instanceof DateTime && value.zone !== null) return value.zone as PytzZone;
  return localize(zone, value, daylight).zone as PytzZone;
}

function reprZone(self: PytzZone): string {
  if (self.table === null) return self.label;
  if (/^Etc\/|^(?:GMT|UTC|Zulu|EST|MST|HST)/.test(self.table.name) && self.daylight === 0) {
    return `<StaticTzInfo ${reprText(self.table.name)}>`;
  }
  const offset = str(TimeDelta.ofSeconds(self.offset));
  const sign = self.offset >= 0 ? '+' : '';
  const kind = self.daylight === 0 ? 'STD' : 'DST';
  return `<DstTzInfo ${reprText(self.table.name)} ${self.abbreviation}${sign}${offset} ${kind}>`;
}

const zoneType: HostType<PytzZone> = {
  typeName: 'pytz.tzinfo.DstTzInfo',
  ...membersOf<PytzZone>(
    { zone: (self) => self.table?.name ?? (self === utc ? 'UTC' : null) },
    {
      localize: method(['dt', ['is_dst', false]], (self, value, daylight) =>
        localize(self, value!, daylight!),
      ),
      normalize: method(['dt'], (self, value) => normalize(self, value!)),
      fromutc: method(['dt'], (self, value) => {
        if (!(value instanceof DateTime)) raise('TypeError', 'fromutc() requires a datetime instance');
        return DateTime.ofInstant(value.localMicros, self);
      }),
      utcoffset: method(['dt', ['is_dst', false]], (self, value, daylight) => {
        const state = stateFor(self, value!, daylight!);
        return state === null ? null : TimeDelta.ofSeconds(state.offset);
      }),
      dst: method(['dt', ['is_dst', false]], (self, value, daylight) => {
        const state = stateFor(self, value!, daylight!);
        return state === null ? null : TimeDelta.ofSeconds(state.daylight);
      }),
      tzname: method(['dt', ['is_dst', false]], (self, value, daylight) => {
        return stateFor(self, value!, daylight!)?.abbreviation ?? self.table?.name ?? 'UTC';
      }),
    },
  ),
  str: (self) => self.table?.name ?? (self === utc ? 'UTC' : self.label),
  repr: reprZone,
  equals: (self, other) =>
    self === other ||
    (other instanceof PytzZone &&
      self.table !== null &&
      self.table === other.table &&
      self.offset === other.offset),
};

const utcNames = new Set([
  'utc',
  'etc/utc',
  'universal',
  'zulu',
  'etc/universal',
  'etc/zulu',
  'uct',
  'etc/uct',
]);

function timezone(name: Value): Value {
  if (!isText(name)) raise('UnknownTimeZoneError', str(name));
  const text = str(name);
  if (text.toLowerCase() === 'utc') return utc;
  const table = zoneTable(text);
  if (table === null) raise('UnknownTimeZoneError', reprText(text));
  if (utcNames.has(text.toLowerCase())) return new PytzZone(table, 0, 'UTC', 0);
  return firstState(table);
}

function fixedOffset(minutes: Value): Value {
  const offset = intOf(minutes);
  if (offset === 0) return utc;
  if (Math.abs(offset) >= 1440) raise('ValueError', 'absolute offset is too large');
  return new PytzZone(null, offset * 60, '', 0, `pytz.FixedOffset(${offset})`);
}

/** The names of `modules.pytz`. */
export function pytzModule(): Readonly<Record<string, Value>> {
  return {
    timezone: hostFunction('timezone', ['zone'], (name) => timezone(name!)),
    utc,
    UTC: utc,
    FixedOffset: hostFunction('FixedOffset', ['offset'], (minutes) => fixedOffset(minutes!)),
    get all_timezones(): Value[] {
      return [...Intl.supportedValuesOf('timeZone'), 'UTC'].sort();
    },
    get common_timezones(): Value[] {
      return [...Intl.supportedValuesOf('timeZone'), 'UTC'].sort();
    },
  };
}
