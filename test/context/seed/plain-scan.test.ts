import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvParser } from '../../../src/context/seed/csv.ts';
import { scanPlain } from '../../../src/context/seed/plain-scan.ts';
import { isNullWord, strip } from '../../../src/context/seed/strip.ts';
import { scratchFolder } from '../../rig.ts';

const textColumns = new Set(['a', 'b']);

/** What the reader that cuts every cell finds: the number of rows, null where anything is out of the ordinary. */
function readWhole(text: string, looksForNulls: boolean): number | null {
  const parser = new CsvParser(',');
  const { records } = parser.push(text, true);
  const { lineEnds, ...flags } = parser.oddities;
  if (text.includes('"') || Object.values(flags).some(Boolean)) return null;
  if (lineEnds.has('\r') || lineEnds.has('\r\n')) return null;
  const [header, ...rows] = records;
  if (header?.join() !== 'a,b' || rows.some((cells) => cells.length !== 2)) return null;
  const nulls = rows.flat().some((cell) => cell !== '' && isNullWord(strip(cell)));
  return looksForNulls && nulls ? null : rows.length;
}

test('a file is plain exactly where the reader of all files finds nothing odd in it', async () => {
  const path = join(scratchFolder(), 'file.csv');
  const word = fc.constantFrom('x', 'null', 'Null', 'nul', 'note', ' ', '\u00a0', 'é', '', 'n', '1,2');
  const cell = fc.array(word, { maxLength: 3 }).map((words) => words.join(''));
  const odd = fc.constantFrom('"', '\r\n', '\r', '\n\n', ',', '\ufeff');
  const row = fc.tuple(cell, cell).map((cells) => cells.join(','));
  const rows = fc.array(fc.oneof({ weight: 9, arbitrary: row }, odd), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), fc.boolean(), async (lines, ended, looksForNulls) => {
      const text = ['a,b', ...lines].join('\n') + (ended ? '\n' : '');
      writeFileSync(path, text);
      const scan = await scanPlain(path, { delimiter: ',', textColumns, looksForNulls });
      expect(scan?.rowCount ?? null).toBe(readWhole(text, looksForNulls));
    }),
    { numRuns: 500 },
  );
});

test('rows may lie across the pieces in which a file is read', async () => {
  const path = join(scratchFolder(), 'file.csv');
  const rows = Array.from({ length: 70_000 }, (_, index) => `${index},é${'x'.repeat(index % 60)}`);
  writeFileSync(path, `a,b\n${rows.join('\n')}`);
  const scan = await scanPlain(path, { delimiter: ',', textColumns, looksForNulls: true });
  expect(scan).toEqual({ header: ['a', 'b'], rowCount: rows.length });
});

test.each([
  ['a column without a declared type', 'a,c\n1,2\n'],
  ['a name that comes twice', 'a,a\n1,2\n'],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xe9, 0x2c, 0x31, 0x0a])],
  ['nothing at all', ''],
])('%s is left to the reader of all files', async (_, content) => {
  const path = join(scratchFolder(), 'file.csv');
  writeFileSync(path, content);
  expect(await scanPlain(path, { delimiter: ',', textColumns, looksForNulls: false })).toBeNull();
});
