import { type Part, tellPart, textOrNull } from '../properties/parts.ts';
import { granularities } from './choices.ts';
import type { TimeWindow } from './parts.ts';

/** `7 days`: a count and a granularity, standard ones in the plural too. Null where none is given, or a wrong one, which is told. */
export function timeWindow(part: Part, key: string): TimeWindow | null {
  const text = textOrNull(part.data, key);
  if (text === null) return null;
  const [count = '', unit = '', ...others] = text.toLowerCase().split(' ');
  if (unit === '' || others.length > 0) {
    tellPart(part, `Invalid window (${text}): it is a number and a granularity, as in '28 days'`, key);
    return null;
  }
  if (!/^\d+$/.test(count)) {
    tellPart(part, `Invalid count (${count}) in the window '${text}'`, key);
    return null;
  }
  const singular = unit.replace(/s$/, '');
  const standard = (granularities as readonly string[]).includes(singular);
  return { count: Number(count), granularity: standard ? singular : unit };
}
