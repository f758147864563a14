import { expect, test } from 'vitest';
import { randomUuid } from '../../src/core/random-uuid.ts';

test('a UUID is one of version 4, and each is another', () => {
  const made = Array.from({ length: 2000 }, randomUuid);
  for (const one of made)
    expect(one).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(made).size).toBe(made.length);
});

test('every digit that may differ does', () => {
  const made = Array.from({ length: 2000 }, () => randomUuid().replaceAll('-', ''));
  const digits = Array.from({ length: 32 }, (_, place) => new Set(made.map((one) => one[place])).size);
  expect(digits).toEqual([...Array(12).fill(16), 1, ...Array(3).fill(16), 4, ...Array(15).fill(16)]);
});
