import { raise } from '../../../jinja/py-error.ts';
import { str } from '../../../jinja/text.ts';
import { hostFunction, isText, type Value } from '../../../jinja/values.ts';
import { ClassObject } from '../class-object.ts';
import { intOf, numberOf } from '../numbers.ts';
import { civilOf, epochOrdinal, isoWeekOne } from './calendar.ts';
import type { ModuleClock } from './clock.ts';
import { DateValue } from './date.ts';
import { DateTime, dateTimeAt, localOffset } from './datetime.ts';
import { parseIsoDate, parseIsoDateTime } from './iso-parse.ts';
import { midnight } from './parts.ts';
import { strptime } from './strptime.ts';
import { TimeValue, timeClass } from './time.ts';
import { TimeDelta, timeDeltaClass } from './timedelta.ts';
import { FixedZone, fixedUtc, timeZoneClass, zoneArgument } from './zone.ts';

/** The names of `modules.datetime`. The time is the invocation's, so that a run can be repeated. */
export function datetimeModule(clock: ModuleClock): Readonly<Record<string, Value>> {
  return {
    date: dateClass(clock),
    datetime: dateTimeClass(clock),
    time: timeClass,
    timedelta: timeDeltaClass,
    timezone: timeZoneClass,
    tzinfo: new ClassObject(
      'datetime.tzinfo',
      hostFunction('tzinfo', [], () => raise('TypeError', 'tzinfo cannot be used by itself')),
    ),
    MINYEAR: 1,
    MAXYEAR: 9999,
  };
}

/** An instant without a zone, on the clock of the machine. */
function naiveLocal(milliseconds: number): DateTime {
  const local = new FixedZone(localOffset(milliseconds));
  return withoutZone(dateTimeAt(milliseconds, local));
}

function withoutZone(value: DateTime): DateTime {
  return new DateTime(value, value.clock);
}

function textOrFail(value: Value, name: string): string {
  return isText(value) ? str(value) : raise('TypeError', `${name}: argument must be str`);
}

function dateClass(clock: ModuleClock): ClassObject {
  return new ClassObject(
    'datetime.date',
    hostFunction('date', ['year', 'month', 'day'], (year, month, day) => {
      return new DateValue({ year: intOf(year!), month: intOf(month!), day: intOf(day!) });
    }),
    [
      hostFunction('today', [], () => new DateValue(naiveLocal(clock.startedAt))),
      hostFunction('fromtimestamp', ['timestamp'], (seconds) => {
        return new DateValue(naiveLocal(numberOf(seconds!, 'timestamp') * 1000));
      }),
      hostFunction('fromordinal', ['ordinal'], (ordinal) => DateValue.ofOrdinal(intOf(ordinal!))),
      hostFunction('fromisoformat', ['date_string'], (text) => {
        return new DateValue(parseIsoDate(textOrFail(text!, 'fromisoformat')));
      }),
      hostFunction('fromisocalendar', ['year', 'week', 'day'], (year, week, day) => {
        return DateValue.ofOrdinal(isoWeekOne(intOf(year!)) + (intOf(week!) - 1) * 7 + intOf(day!) - 1);
      }),
      ['min', new DateValue({ year: 1, month: 1, day: 1 })],
      ['max', new DateValue({ year: 9999, month: 12, day: 31 })],
      ['resolution', TimeDelta.ofDays(1)],
    ],
  );
}

function dateTimeClass(clock: ModuleClock): ClassObject {
  const now = (zone: Value): Value => {
    const wanted = zoneArgument(zone);
    return wanted === null ? naiveLocal(clock.startedAt) : dateTimeAt(clock.startedAt, wanted);
  };
  return new ClassObject('datetime.datetime', newDateTime, [
    hostFunction('now', [['tz', null]], (zone) => now(zone!)),
    hostFunction('today', [], () => now(null)),
    hostFunction('utcnow', [], () => withoutZone(dateTimeAt(clock.startedAt, fixedUtc))),
    hostFunction('fromtimestamp', ['timestamp', ['tz', null]], (seconds, zone) => {
      const milliseconds = numberOf(seconds!, 'timestamp') * 1000;
      const wanted = zoneArgument(zone!);
      return wanted === null ? naiveLocal(milliseconds) : dateTimeAt(milliseconds, wanted);
    }),
    hostFunction('utcfromtimestamp', ['timestamp'], (seconds) => {
      return withoutZone(dateTimeAt(numberOf(seconds!, 'timestamp') * 1000, fixedUtc));
    }),
    hostFunction('fromordinal', ['ordinal'], (ordinal) => {
      return DateTime.ofLocalMicros(BigInt(intOf(ordinal!) - epochOrdinal) * 86_400_000_000n, null);
    }),
    hostFunction('fromisoformat', ['date_string'], (text) => {
      const { civil, clock: time, zone } = parseIsoDateTime(textOrFail(text!, 'fromisoformat'));
      return new DateTime(civil, time, zone);
    }),
    hostFunction('fromisocalendar', ['year', 'week', 'day'], (year, week, day) => {
      const ordinal = isoWeekOne(intOf(year!)) + (intOf(week!) - 1) * 7 + intOf(day!) - 1;
      return new DateTime(civilOf(ordinal), midnight);
    }),
    hostFunction('strptime', ['date_string', 'format'], (text, format) => {
      const parsed = strptime(textOrFail(text!, 'strptime'), textOrFail(format!, 'strptime'));
      return new DateTime(parsed.civil, parsed.clock, parsed.zone);
    }),
    hostFunction('combine', ['date', 'time', ['tzinfo', true]], combine),
    ['min', new DateTime({ year: 1, month: 1, day: 1 }, midnight)],
    [
      'max',
      new DateTime(
        { year: 9999, month: 12, day: 31 },
        { hour: 23, minute: 59, second: 59, microsecond: 999_999 },
      ),
    ],
    ['resolution', new TimeDelta(1n)],
  ]);
}

const newDateTime = hostFunction(
  'datetime',
  [
    'year',
    'month',
    'day',
    ['hour', 0],
    ['minute', 0],
    ['second', 0],
    ['microsecond', 0],
    ['tzinfo', null],
    '*',
    ['fold', 0],
  ],
  (...values) => {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, microsecond = 0] = values
      .slice(0, 7)
      .map(intOf);
    return new DateTime(
      { year, month, day },
      { hour, minute, second, microsecond },
      zoneArgument(values[7]!),
    );
  },
);

function combine(date?: Value, time?: Value, zone?: Value): Value {
  if (!(date instanceof DateValue || date instanceof DateTime)) {
    raise('TypeError', 'combine() argument 1 must be datetime.date');
  }
  if (!(time instanceof TimeValue)) raise('TypeError', 'combine() argument 2 must be datetime.time');
  return new DateTime(date, time.clock, zone === true ? time.zone : zoneArgument(zone ?? null));
}
