import { DiagnosticError } from '../core/diagnostic.ts';
import { processWorld } from '../core/process-world.ts';
import type { World } from '../core/world.ts';
import { wrongNow } from './errors.ts';

const iso8601 = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * The real outside. `SLUICE_NOW` (ISO 8601; UTC where it names no zone) sets the invocation's frozen time; time
 * stamps of log lines stay real. Throws `wrong-clock`.
 */
export function realWorld(): World {
  const world = processWorld();
  return { ...world, startedAt: frozenTime(world.env.get('SLUICE_NOW')) ?? world.startedAt };
}

/** Milliseconds since 1970 of an ISO 8601 time; null where none is given. Throws `wrong-clock`. */
export function frozenTime(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const match = iso8601.exec(text);
  if (match === null) throw new DiagnosticError(wrongNow(text));
  const zoned = match[4] !== undefined || match[1] === undefined ? text : `${text}Z`;
  const time = Date.parse(zoned.replace(' ', 'T'));
  if (Number.isNaN(time)) throw new DiagnosticError(wrongNow(text));
  return time;
}
