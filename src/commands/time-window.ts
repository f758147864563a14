import { DateTime } from '../context/modules/datetime/datetime.ts';
import { parseIsoDateTime } from '../context/modules/datetime/iso-parse.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { type Interval, laterBy } from '../intervals/interval.ts';
import { type BatchUnit, batchUnits } from '../intervals/microbatch.ts';
import { parseCliVars } from '../project/cli-vars.ts';
import { eventTimeInvalid, sampleInvalid } from './errors.ts';
import type { BuildOptions } from './options.ts';

/** `--event-time-start` and `--event-time-end`, in UTC: both or none. Throws `event-time-invalid`. */
export function eventTimeOf({ eventTimeStart, eventTimeEnd }: BuildOptions): Interval | null {
  if (eventTimeStart === undefined && eventTimeEnd === undefined) return null;
  const problems = [
    ...(eventTimeStart === undefined ? ['--event-time-end needs --event-time-start beside it'] : []),
    ...(eventTimeEnd === undefined ? ['--event-time-start needs --event-time-end beside it'] : []),
  ];
  const [start, end] = [eventTimeStart, eventTimeEnd].map((text, index) => {
    if (text === undefined) return null;
    const time = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?$/.test(text) ? timeOf(text) : null;
    const flag = index === 0 ? '--event-time-start' : '--event-time-end';
    if (time === null) problems.push(`'${text}' is no time for ${flag}`);
    return time;
  });
  if (typeof start === 'number' && typeof end === 'number' && start >= end) {
    problems.push('--event-time-start must be before --event-time-end');
  }
  if (problems.length > 0) throw new DiagnosticError(problems.map(eventTimeInvalid));
  return { start: start!, end: end! };
}

/**
 * `--sample`: `3 days` back from `now`, to the same time of day, or `{start: 2024-01-01, end: 2024-01-04}` in UTC. Throws
 * `sample-invalid`.
 */
export function sampleOf({ sample }: BuildOptions, now: number): Interval | null {
  if (sample === undefined) return null;
  const window = sample.trimStart().startsWith('{') ? namedWindow(sample) : windowBack(sample, now);
  if (window === null) throw new DiagnosticError(sampleInvalid(sample));
  return window;
}

function windowBack(text: string, now: number): Interval | null {
  const [, count, word = ''] = /^\s*(\d+) (\w+)\s*$/.exec(text) ?? [];
  const unit = word.toLowerCase().replace(/s+$/, '') as BatchUnit;
  if (count === undefined || !batchUnits.includes(unit)) return null;
  return { start: laterBy(now, unit, -Number(count)), end: now };
}

function namedWindow(text: string): Interval | null {
  const { start, end } = parseCliVars(text) as { readonly start?: unknown; readonly end?: unknown };
  const [from, to] = [start, end].map((each) => (typeof each === 'string' ? timeOf(each) : null));
  return typeof from === 'number' && typeof to === 'number' && from < to ? { start: from, end: to } : null;
}

/** Milliseconds since 1970; null where the text is no date or time. */
function timeOf(text: string): number | null {
  try {
    const { civil, clock, zone } = parseIsoDateTime(text);
    return Number(new DateTime(civil, clock, zone).instant / 1000n);
  } catch {
    return null;
  }
}
