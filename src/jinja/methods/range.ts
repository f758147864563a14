import { isNumber, toNumber } from '../numbers.ts';
import { raise } from '../py-error.ts';
import { repr } from '../text.ts';
import type { PyRange, Value } from '../values.ts';
import { type MethodTable, methodTable } from './method.ts';

const includes = (range: PyRange, item: Value): item is number =>
  isNumber(item) && range.includes(toNumber(item));

export const rangeMethods: MethodTable = methodTable('range', (self) => self as PyRange, {
  count: [1, 1, (range, [item]) => (includes(range, item!) ? 1 : 0)],
  index: [
    1,
    1,
    (range, [item]) => {
      if (!includes(range, item!)) raise('ValueError', `${repr(item!)} is not in range`);
      return (toNumber(item) - range.start) / range.step;
    },
  ],
});

export function rangeAttribute(range: PyRange, name: string): Value | undefined {
  if (name === 'start') return range.start;
  if (name === 'stop') return range.stop;
  return name === 'step' ? range.step : undefined;
}
