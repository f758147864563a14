import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceFile } from '../../src/core/replace-file.ts';
import { scratchFolder } from '../rig.ts';

const block = 256 * 1024;
/** Small pieces, and such as fill a block of the writer to the byte. */
const length = fc.oneof(fc.nat(100), fc.integer({ min: block - 2, max: block + 2 }), fc.nat(3 * block));

test('the file holds all pieces in their order, whatever their lengths, from memory that is used again', () => {
  const path = join(scratchFolder(), 'pieces');
  const memory = Buffer.alloc(3 * block);
  fc.assert(
    fc.property(fc.array(length, { maxLength: 8 }), fc.boolean(), (lengths, durable) => {
      replaceFile(
        path,
        (write) => {
          for (const [index, size] of lengths.entries()) write(memory.fill(index + 1).subarray(0, size));
          memory.fill(0);
        },
        { durable },
      );
      const expected = Buffer.concat(lengths.map((size, index) => Buffer.alloc(size, index + 1)));
      expect(readFileSync(path).equals(expected)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('texts of any length are written as UTF-8, between bytes', () => {
  const path = join(scratchFolder(), 'texts');
  const text = fc
    .tuple(fc.constantFrom('a', 'é', '✓', '😀'), length)
    .map(([unit, units]) => unit.repeat(Math.ceil(units / 3)));
  const piece = fc.oneof(
    text,
    text.map((each) => Buffer.from(each)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      replaceFile(path, (write) => pieces.forEach(write), { durable: false });
      const expected = Buffer.concat(pieces.map((each) => Buffer.from(each)));
      expect(readFileSync(path).equals(expected)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a writer that breaks off leaves the old file, and nothing beside it', () => {
  const folder = scratchFolder();
  const path = join(folder, 'broken');
  writeFileSync(path, 'old');
  const breakOff = () =>
    replaceFile(
      path,
      (write) => {
        write(Buffer.alloc(2 * block));
        throw new RangeError('broken off');
      },
      { durable: false },
    );
  expect(breakOff).toThrow(RangeError);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['broken']);
});
