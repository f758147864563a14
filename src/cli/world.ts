import { homedir } from 'node:os';
import { DiagnosticError } from '../core/diagnostic.ts';
import { randomUuid } from '../core/random-uuid.ts';
import type { World } from '../core/world.ts';
import { wrongNow } from './errors.ts';

const iso8601 = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * The real outside. `SLUICE_NOW` (ISO 8601; UTC where it names no zone) sets the invocation's frozen time; time
 * stamps of log lines stay real. Throws `wrong-clock`.
 */
export function realWorld(): World {
  const env = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env.set(name, value);
  return {
    startedAt: frozenTime(env.get('SLUICE_NOW')) ?? Date.now(),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    uuid: randomUuid,
    random: () => Math.random(),
    env,
    workingDirectory: process.cwd(),
    home: homedir(),
  };
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
