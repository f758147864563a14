import { HOST, type HostType } from '../../../jinja/host.ts';
import { raise } from '../../../jinja/py-error.ts';
import { repr, str } from '../../../jinja/text.ts';
import { makeFloat, tuple, type Value } from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import {
  type Civil,
  civilOf,
  dayOfYear,
  epochOrdinal,
  lastOrdinal,
  ordinalOf,
  weekdayOf,
} from './calendar.ts';
import { ctime, DateValue, dateMethods, dateProperties, isoDate, replaceDate } from './date.ts';
import { type Clock, checkClock, checkDate, clockOf, isoClock, microsOf } from './parts.ts';
import { strftime } from './strftime.ts';
import { clockProperties, replaceClock, reprClock, TimeValue, zoneMethods, zoneProperties } from './time.ts';
import { TimeDelta } from './timedelta.ts';
import { FixedZone, type Zone, zoneArgument } from './zone.ts';

type ZoneValue = Zone & Value;

/** Python's datetime; naive where it has no zone. */
export class DateTime implements Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly clock: Clock;
  readonly zone: ZoneValue | null;

  constructor(civil: Civil, clock: Clock, zone: ZoneValue | null = null) {
    checkDate(civil.year, civil.month, civil.day);
    checkClock(clock);
    this.year = civil.year;
    this.month = civil.month;
    this.day = civil.day;
    this.clock = clock;
    this.zone = zone;
  }

  /** From microseconds on the zone's own clock since 1970-01-01 00:00. */
  static ofLocalMicros(micros: bigint, zone: ZoneValue | null): DateTime {
    const perDay = 86_400_000_000n;
    const days = micros >= 0n ? micros / perDay : -((-micros + perDay - 1n) / perDay);
    const ordinal = Number(days) + epochOrdinal;
    if (ordinal < 1 || ordinal > lastOrdinal) raise('OverflowError', 'date value out of range');
    return new DateTime(civilOf(ordinal), clockOf(Number(micros - days * perDay)), zone);
  }

  /** An instant (microseconds since 1970, UTC) as a zone shows it; the zone takes the state it has then. */
  static ofInstant(micros: bigint, zone: Zone): DateTime {
    const there = zone.at(Math.floor(Number(micros) / 1e6)) as ZoneValue;
    return DateTime.ofLocalMicros(micros + BigInt(there.offset) * 1_000_000n, there);
  }

  /** Microseconds on its own clock since 1970-01-01 00:00. */
  get localMicros(): bigint {
    return BigInt(ordinalOf(this) - epochOrdinal) * 86_400_000_000n + BigInt(microsOf(this.clock));
  }

  /** Microseconds since 1970 (UTC); a naive datetime counts as UTC here. */
  get instant(): bigint {
    return this.localMicros - BigInt(this.zone?.offset ?? 0) * 1_000_000n;
  }

  get [HOST](): HostType<DateTime> {
    return dateTimeType;
  }
}

/** A time of the tool (milliseconds since 1970) in a zone. */
export function dateTimeAt(milliseconds: number, zone: Zone): DateTime {
  return DateTime.ofInstant(BigInt(Math.round(milliseconds * 1000)), zone);
}

/** The machine's own zone at an instant, in seconds east of UTC; what Python calls local time. */
export function localOffset(milliseconds: number): number {
  return -Math.round(new Date(milliseconds).getTimezoneOffset() * 60);
}

/** Seconds since 1970; a naive datetime is local time, as in Python. */
function timestamp(self: DateTime): number {
  if (self.zone !== null) return Number(self.instant) / 1e6;
  const { hour, minute, second } = self.clock;
  const local = new Date(self.year, self.month - 1, self.day, hour, minute, second);
  if (self.year < 100) local.setFullYear(self.year);
  return local.getTime() / 1000 + self.clock.microsecond / 1e6;
}

function toZone(self: DateTime, zone: ZoneValue | null): DateTime {
  const instant = self.zone === null ? BigInt(Math.round(timestamp(self) * 1e6)) : self.instant;
  return DateTime.ofInstant(instant, zone ?? new FixedZone(localOffset(Number(instant) / 1000)));
}

function isoText(self: DateTime, separator = 'T', resolution: Value = 'auto'): string {
  return `${isoDate(self)}${separator}${isoClock(self.clock, self.zone, resolution)}`;
}

function format(self: DateTime, spec: string): string {
  return strftime({ civil: self, clock: self.clock, zone: self.zone }, spec);
}

function sameKind(left: DateTime, right: DateTime): boolean {
  return (left.zone === null) === (right.zone === null);
}

function moved(self: DateTime, micros: bigint): DateTime {
  return DateTime.ofLocalMicros(self.localMicros + micros, self.zone);
}

function subtract(self: DateTime, other: Value): Value | undefined {
  if (other instanceof TimeDelta) return moved(self, -other.micros);
  if (!(other instanceof DateTime)) return undefined;
  if (!sameKind(self, other)) raise('TypeError', "can't subtract offset-naive and offset-aware datetimes");
  return new TimeDelta(self.instant - other.instant);
}

function compare(self: DateTime, other: Value): number | undefined {
  if (other instanceof DateValue) raise('TypeError', "can't compare datetime.datetime to datetime.date");
  if (!(other instanceof DateTime)) return undefined;
  if (!sameKind(self, other)) raise('TypeError', "can't compare offset-naive and offset-aware datetimes");
  return self.instant < other.instant ? -1 : self.instant > other.instant ? 1 : 0;
}

function timeTuple(self: DateTime): Value {
  const { hour, minute, second } = self.clock;
  const daylight = self.zone === null || self.zone.daylight === null ? -1 : self.zone.daylight === 0 ? 0 : 1;
  const weekday = weekdayOf(ordinalOf(self));
  return tuple(self.year, self.month, self.day, hour, minute, second, weekday, dayOfYear(self), daylight);
}

const dateTimeType: HostType<DateTime> = {
  typeName: 'datetime.datetime',
  ...membersOf<DateTime>(
    { ...dateProperties, ...clockProperties, ...zoneProperties },
    {
      ...dateMethods,
      ...zoneMethods,
      date: method([], (self) => new DateValue(self)),
      time: method([], (self) => new TimeValue(self.clock)),
      timetz: method([], (self) => new TimeValue(self.clock, self.zone)),
      timestamp: method([], (self) => makeFloat(timestamp(self))),
      timetuple: method([], timeTuple),
      utctimetuple: method([], (self) => timeTuple(DateTime.ofLocalMicros(self.instant, null))),
      astimezone: method([['tz', null]], (self, zone) => toZone(self, zoneArgument(zone!))),
      isoformat: method(
        [
          ['sep', 'T'],
          ['timespec', 'auto'],
        ],
        (self, separator, resolution) => isoText(self, str(separator!), resolution),
      ),
      ctime: method([], (self) => ctime(self, self.clock)),
      strftime: method(['format'], (self, spec) => format(self, str(spec!))),
      replace: method(
        [
          ['year', null],
          ['month', null],
          ['day', null],
          ['hour', null],
          ['minute', null],
          ['second', null],
          ['microsecond', null],
          ['tzinfo', true],
          '*',
          ['fold', 0],
        ],
        (self, ...values) => {
          const [year, month, day] = values;
          // None means "no zone" for tzinfo, so True stands for "not given".
          const zone = values[7] === true ? self.zone : zoneArgument(values[7]!);
          return new DateTime(
            replaceDate(self, year!, month!, day!),
            replaceClock(self.clock, values.slice(3, 7)),
            zone,
          );
        },
      ),
    },
  ),
  str: (self) => isoText(self, ' '),
  repr: (self) => {
    const zone = self.zone === null ? '' : `, tzinfo=${repr(self.zone)}`;
    return `datetime.datetime(${self.year}, ${self.month}, ${self.day}, ${reprClock(self.clock)}${zone})`;
  },
  format: (self, spec) => (spec === '' ? isoText(self, ' ') : format(self, spec)),
  equals: (self, other) =>
    other instanceof DateTime && sameKind(self, other) && self.instant === other.instant,
  compare,
  hashKey: (self) => `${self.zone === null ? '' : 'z'}${self.instant}`,
  add: (self, other) => (other instanceof TimeDelta ? moved(self, other.micros) : undefined),
  subtract: (self, other, reflected) => (reflected ? undefined : subtract(self, other)),
};
