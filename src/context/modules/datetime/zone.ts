import { HASH, type HashKey } from '../../../jinja/hash-key.ts';
import { HOST, type HostType } from '../../../jinja/host.ts';
import { raise } from '../../../jinja/py-error.ts';
import { repr, reprText, str } from '../../../jinja/text.ts';
import { hostFunction, type Value } from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import { ClassObject } from '../class-object.ts';
import { TimeDelta } from './timedelta.ts';

/** What stands behind `tzinfo`: an offset that holds for the datetime it is attached to. */
export interface Zone {
  /** Seconds east of UTC. */
  readonly offset: number;
  /** What `tzname()` and `%Z` give. */
  readonly abbreviation: string;
  /** Seconds of daylight saving in the offset; null where the zone does not know. */
  readonly daylight: number | null;
  /** The zone's state at another instant (seconds since 1970, UTC): what `astimezone` attaches. */
  at(seconds: number): Zone;
  readonly [HOST]: HostType<never>;
}

export function isZone(value: Value): value is Value & Zone {
  return (
    typeof value === 'object' &&
    value !== null &&
    'abbreviation' in value &&
    'offset' in value &&
    HOST in value
  );
}

/** An argument that is a zone or None. */
export function zoneArgument(value: Value): (Zone & Value) | null {
  if (value === null || isZone(value)) return value;
  return raise('TypeError', `tzinfo argument must be None or of a tzinfo subclass, not type '${str(value)}'`);
}

/** `+05:30`, with seconds where there are some; `separator` is a colon or nothing. */
export function offsetText(offset: number, separator: string): string {
  const size = Math.abs(offset);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const seconds = size % 60 === 0 ? '' : separator + two(size % 60);
  return `${offset < 0 ? '-' : '+'}${two(size / 3600)}${separator}${two((size / 60) % 60)}${seconds}`;
}

/** Python's own `datetime.timezone`: one offset for all time. */
export class FixedZone implements Zone {
  readonly offset: number;
  readonly name: string | null;
  readonly daylight = null;

  constructor(offset: number, name: string | null = null) {
    this.offset = offset;
    this.name = name;
  }

  get abbreviation(): string {
    return this.name ?? (this.offset === 0 ? 'UTC' : `UTC${offsetText(this.offset, ':')}`);
  }

  at(): Zone {
    return this;
  }

  get [HOST](): HostType<FixedZone> {
    return fixedZoneType;
  }

  [HASH](): HashKey {
    return `\0zone${this.offset}`;
  }
}

const fixedZoneType: HostType<FixedZone> = {
  typeName: 'datetime.timezone',
  ...membersOf<FixedZone>(
    {},
    {
      utcoffset: method(['dt'], (self) => TimeDelta.ofSeconds(self.offset)),
      tzname: method(['dt'], (self) => self.abbreviation),
      dst: method(['dt'], () => null),
    },
  ),
  str: (self) => self.abbreviation,
  repr: (self) => {
    if (self.offset === 0 && self.name === null) return 'datetime.timezone.utc';
    return `datetime.timezone(${repr(TimeDelta.ofSeconds(self.offset))}${self.name === null ? '' : `, ${reprText(self.name)}`})`;
  },
  equals: (self, other) => other instanceof FixedZone && other.offset === self.offset,
};

export const fixedUtc = new FixedZone(0);

export const timeZoneClass = new ClassObject(
  'datetime.timezone',
  hostFunction('timezone', ['offset', ['name', null]], (offset, name) => {
    if (!(offset instanceof TimeDelta)) {
      raise('TypeError', 'timezone() argument 1 must be datetime.timedelta');
    }
    if (Math.abs(offset.totalSeconds) >= 86_400) {
      raise(
        'ValueError',
        'offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).',
      );
    }
    return new FixedZone(offset.totalSeconds, name === null ? null : str(name!));
  }),
  [['utc', fixedUtc]],
);
