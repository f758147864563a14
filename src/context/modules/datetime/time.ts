import { HOST, type HostType } from '../../../jinja/host.ts';
import { raise } from '../../../jinja/py-error.ts';
import { repr, str } from '../../../jinja/text.ts';
import { hostFunction, type Value } from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import { ClassObject } from '../class-object.ts';
import { intOf } from '../numbers.ts';
import { parseIsoTime } from './iso-parse.ts';
import { type Clock, checkClock, isoClock, microsOf } from './parts.ts';
import { strftime } from './strftime.ts';
import { TimeDelta } from './timedelta.ts';
import { type Zone, zoneArgument } from './zone.ts';

/** Python's time of day. */
export class TimeValue {
  readonly clock: Clock;
  readonly zone: (Zone & Value) | null;

  constructor(clock: Clock, zone: (Zone & Value) | null = null) {
    checkClock(clock);
    this.clock = clock;
    this.zone = zone;
  }

  /** Microseconds since midnight, in UTC where there is a zone. */
  get micros(): number {
    return microsOf(this.clock) - (this.zone?.offset ?? 0) * 1_000_000;
  }

  get [HOST](): HostType<TimeValue> {
    return timeType;
  }
}

/** The members that times and datetimes share. */
export const clockProperties = {
  hour: (self: { readonly clock: Clock }): Value => self.clock.hour,
  minute: (self: { readonly clock: Clock }): Value => self.clock.minute,
  second: (self: { readonly clock: Clock }): Value => self.clock.second,
  microsecond: (self: { readonly clock: Clock }): Value => self.clock.microsecond,
  fold: (): Value => 0,
};

export const zoneProperties = {
  tzinfo: (self: { readonly zone: (Zone & Value) | null }): Value => self.zone,
};

export const zoneMethods = {
  utcoffset: method<{ readonly zone: Zone | null }>([], ({ zone }) =>
    zone === null ? null : TimeDelta.ofSeconds(zone.offset),
  ),
  tzname: method<{ readonly zone: Zone | null }>([], ({ zone }) => zone?.abbreviation ?? null),
  dst: method<{ readonly zone: Zone | null }>([], ({ zone }) =>
    zone === null || zone.daylight === null ? null : TimeDelta.ofSeconds(zone.daylight),
  ),
};

/** Clock parts with those replaced that are not None. */
export function replaceClock(clock: Clock, [hour, minute, second, microsecond]: readonly Value[]): Clock {
  const part = (value: Value | undefined, own: number): number => (value == null ? own : intOf(value));
  return {
    hour: part(hour, clock.hour),
    minute: part(minute, clock.minute),
    second: part(second, clock.second),
    microsecond: part(microsecond, clock.microsecond),
  };
}

/** `hour, minute[, second[, microsecond]]`, as in the repr of a time or datetime. */
export function reprClock({ hour, minute, second, microsecond }: Clock): string {
  const parts = [hour, minute, second, microsecond];
  const shown = microsecond !== 0 ? 4 : second !== 0 ? 3 : 2;
  return parts.slice(0, shown).join(', ');
}

/** What `strftime` of a time shows where it asks for a date. */
const noDate = { year: 1900, month: 1, day: 1 };

const timeType: HostType<TimeValue> = {
  typeName: 'datetime.time',
  ...membersOf<TimeValue>(
    { ...clockProperties, ...zoneProperties },
    {
      ...zoneMethods,
      isoformat: method([['timespec', 'auto']], ({ clock, zone }, resolution) =>
        isoClock(clock, zone, resolution),
      ),
      strftime: method(['format'], ({ clock, zone }, format) =>
        strftime({ civil: noDate, clock, zone }, str(format!)),
      ),
      replace: method(
        [
          ['hour', null],
          ['minute', null],
          ['second', null],
          ['microsecond', null],
          ['tzinfo', true],
        ],
        (self, ...values) => {
          const zone = values[4] === true ? self.zone : zoneArgument(values[4]!);
          return new TimeValue(replaceClock(self.clock, values), zone);
        },
      ),
    },
  ),
  str: ({ clock, zone }) => isoClock(clock, zone),
  repr: ({ clock, zone }) =>
    `datetime.time(${reprClock(clock)}${zone === null ? '' : `, tzinfo=${repr(zone)}`})`,
  format: ({ clock, zone }, spec) =>
    spec === '' ? isoClock(clock, zone) : strftime({ civil: noDate, clock, zone }, spec),
  equals: (self, other) =>
    other instanceof TimeValue &&
    (self.zone === null) === (other.zone === null) &&
    self.micros === other.micros,
  compare: (self, other) => {
    if (!(other instanceof TimeValue)) return undefined;
    if ((self.zone === null) !== (other.zone === null)) {
      raise('TypeError', "can't compare offset-naive and offset-aware times");
    }
    return self.micros - other.micros;
  },
  hashKey: (self) => `${self.zone === null ? '' : 'z'}${self.micros}`,
};

export const timeClass = new ClassObject(
  'datetime.time',
  hostFunction(
    'time',
    [['hour', 0], ['minute', 0], ['second', 0], ['microsecond', 0], ['tzinfo', null], '*', ['fold', 0]],
    (hour, minute, second, microsecond, zone) => {
      const parts = [hour!, minute!, second!, microsecond!].map(intOf);
      const [h = 0, m = 0, s = 0, us = 0] = parts;
      return new TimeValue({ hour: h, minute: m, second: s, microsecond: us }, zoneArgument(zone!));
    },
  ),
  [
    hostFunction('fromisoformat', ['time_string'], (text) => {
      const { clock, zone } = parseIsoTime(str(text!).replace(/^T/, ''), str(text!));
      return new TimeValue(clock, zone);
    }),
    ['min', new TimeValue({ hour: 0, minute: 0, second: 0, microsecond: 0 })],
    ['max', new TimeValue({ hour: 23, minute: 59, second: 59, microsecond: 999_999 })],
    ['resolution', new TimeDelta(1n)],
  ],
);
