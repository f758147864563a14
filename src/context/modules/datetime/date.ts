import { HOST, type HostType } from '../../../jinja/host.ts';
import { raise } from '../../../jinja/py-error.ts';
import { str } from '../../../jinja/text.ts';
import { tuple, type Value } from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import { intOf } from '../numbers.ts';
import {
  type Civil,
  civilOf,
  dayNames,
  dayOfYear,
  isoCalendar,
  lastOrdinal,
  monthNames,
  ordinalOf,
  weekdayOf,
} from './calendar.ts';
import { checkDate, four, midnight, two } from './parts.ts';
import { strftime } from './strftime.ts';
import { TimeDelta } from './timedelta.ts';

/** Python's date. */
export class DateValue implements Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;

  constructor(civil: Civil) {
    checkDate(civil.year, civil.month, civil.day);
    this.year = civil.year;
    this.month = civil.month;
    this.day = civil.day;
  }

  static ofOrdinal(ordinal: number): DateValue {
    if (ordinal < 1 || ordinal > lastOrdinal) raise('OverflowError', 'date value out of range');
    return new DateValue(civilOf(ordinal));
  }

  get ordinal(): number {
    return ordinalOf(this);
  }

  get [HOST](): HostType<DateValue> {
    return dateType;
  }
}

/** `2024-01-31`. */
export function isoDate({ year, month, day }: Civil): string {
  return `${four(year)}-${two(month)}-${two(day)}`;
}

/** The members that dates and datetimes share; both are given by their calendar date. */
export const dateProperties = {
  year: (self: Civil): Value => self.year,
  month: (self: Civil): Value => self.month,
  day: (self: Civil): Value => self.day,
};

export const dateMethods = {
  toordinal: method<Civil>([], (self) => ordinalOf(self)),
  weekday: method<Civil>([], (self) => weekdayOf(ordinalOf(self))),
  isoweekday: method<Civil>([], (self) => weekdayOf(ordinalOf(self)) + 1),
  isocalendar: method<Civil>([], (self) => {
    const { year, week, weekday } = isoCalendar(ordinalOf(self));
    return tuple(year, week, weekday);
  }),
};

/** Date parts with those replaced that are not None. */
export function replaceDate(civil: Civil, year: Value, month: Value, day: Value): Civil {
  return {
    year: year === null ? civil.year : intOf(year),
    month: month === null ? civil.month : intOf(month),
    day: day === null ? civil.day : intOf(day),
  };
}

/** `Mon Jan  1 00:00:00 2024`. */
export function ctime(civil: Civil, clock: { hour: number; minute: number; second: number }): string {
  const weekday = dayNames[weekdayOf(ordinalOf(civil))]!.slice(0, 3);
  const month = monthNames[civil.month - 1]!.slice(0, 3);
  const time = `${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}`;
  return `${weekday} ${month} ${String(civil.day).padStart(2)} ${time} ${four(civil.year)}`;
}

const replacements = [
  ['year', null],
  ['month', null],
  ['day', null],
] as const;

const dateType: HostType<DateValue> = {
  typeName: 'datetime.date',
  ...membersOf<DateValue>(dateProperties, {
    ...dateMethods,
    isoformat: method([], isoDate),
    ctime: method([], (self) => ctime(self, midnight)),
    strftime: method(['format'], (self, format) =>
      strftime({ civil: self, clock: midnight, zone: null }, str(format!)),
    ),
    replace: method(
      replacements,
      (self, year, month, day) => new DateValue(replaceDate(self, year!, month!, day!)),
    ),
    timetuple: method([], (self) =>
      tuple(self.year, self.month, self.day, 0, 0, 0, weekdayOf(self.ordinal), dayOfYear(self), -1),
    ),
  }),
  str: isoDate,
  repr: (self) => `datetime.date(${self.year}, ${self.month}, ${self.day})`,
  format: (self, spec) =>
    spec === '' ? isoDate(self) : strftime({ civil: self, clock: midnight, zone: null }, spec),
  equals: (self, other) => other instanceof DateValue && other.ordinal === self.ordinal,
  compare: (self, other) => (other instanceof DateValue ? self.ordinal - other.ordinal : undefined),
  hashKey: (self) => String(self.ordinal),
  add: (self, other) =>
    other instanceof TimeDelta ? DateValue.ofOrdinal(self.ordinal + other.parts.days) : undefined,
  subtract: (self, other, reflected) => {
    if (reflected) return undefined;
    if (other instanceof TimeDelta) return DateValue.ofOrdinal(self.ordinal - other.parts.days);
    return other instanceof DateValue ? TimeDelta.ofDays(self.ordinal - other.ordinal) : undefined;
  },
};
