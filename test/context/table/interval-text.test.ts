import { expect, test } from 'vitest';
import { intervalText } from '../../../src/context/table/interval-text.ts';

// What Python's drivers of both engines give for these, printed.
test.each([
  ['1 day 02:00:00', 365, '1 day, 2:00:00'],
  ['1 year 2 mons 3 days 04:00:05.5', 365, '428 days, 4:00:05.500000'],
  ['-1 days', 365, '-1 day, 0:00:00'],
  ['-1 days +02:00:00', 365, '-1 day, 2:00:00'],
  ['-02:00:00', 365, '-1 day, 22:00:00'],
  ['00:00:00', 365, '0:00:00'],
  ['1 mon', 365, '30 days, 0:00:00'],
  ['-00:00:01.5', 365, '-1 day, 23:59:58.500000'],
  ['100:00:00', 365, '4 days, 4:00:00'],
  ['-1 years -2 mons +3 days', 365, '-422 days, 0:00:00'],
  ['1 year 2 months', 360, '420 days, 0:00:00'],
  ['2 days -03:00:00', 360, '1 day, 21:00:00'],
])('an interval of %s is a timedelta to Python', (text, daysPerYear, printed) => {
  expect(intervalText(text, daysPerYear)).toBe(printed);
});

test('what no timedelta can be stays as the engine says it', () => {
  expect(intervalText('9999999 years', 365)).toBe('9999999 years');
  expect(intervalText('infinity', 365)).toBe('infinity');
});
