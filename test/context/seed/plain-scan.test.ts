import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvParser } from '../../../src/context/seed/csv.ts';
import { ColumnInference } from '../../../src/context/seed/infer.ts';
import { scanPlain } from '../../../src/context/seed/plain-scan.ts';
import { scratchFolder } from '../../rig.ts';

const textColumns = new Set(['a', 'b']);

/** What the reader that cuts every cell finds: the rows, null where anything is out of the ordinary. */
function readWhole(text: string): readonly (readonly string[])[] | null {
  const parser = new CsvParser(',');
  const { records } = parser.push(text, true);
  const { lineEnds, ...flags } = parser.oddities;
  if (text.includes('"') || Object.values(flags).some(Boolean)) return null;
  if (lineEnds.has('\r') || lineEnds.has('\r\n')) return null;
  const [header, ...rows] = records;
  return header?.join() !== 'a,b' || rows.some((cells) => cells.length !== 2) ? null : rows;
}

const toldOf = ({ kind, reading, wide, spelling }: ColumnInference) => ({ kind, reading, wide, spelling });

/** What cells tell of their column, one by one. */
function inferred(cells: readonly string[], isText: boolean) {
  const inference = new ColumnInference(isText);
  for (const cell of cells) inference.observe(cell);
  return toldOf(inference);
}

const digits = (most: number) =>
  fc.string({ unit: fc.constantFrom('0', '1', '5', '9'), minLength: 1, maxLength: most });
const twoDigits = fc.oneof(
  fc.integer({ min: 0, max: 33 }).map((number) => String(number).padStart(2, '0')),
  fc.constantFrom('28', '29', '31', '59', '60', '1', ' 1'),
);
const dayText = fc
  .tuple(fc.constantFrom('2024', '1999', '0999', '0000', '20a4'), twoDigits, twoDigits)
  .map((parts) => parts.join('-'));
const clockText = fc.tuple(twoDigits, twoDigits, twoDigits).map((parts) => parts.join(':'));

/** Cells of one kind, most of them: a file whose columns are mixed at random is all text. */
const kinds = [
  digits(12),
  fc.tuple(fc.constantFrom('', '-', '+', '-0'), digits(11)).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('', '-'), digits(5), digits(8)).map(([sign, a, b]) => `${sign}${a}.${b}`),
  fc.constantFrom(
    '1.0',
    '2.50',
    '0.000001',
    '0.00001',
    '.5',
    '5.',
    '1e5',
    '1_0',
    '$3',
    '7%',
    '00',
    '-0',
    '1.2.3',
  ),
  dayText,
  fc.tuple(dayText, fc.constantFrom(' ', 'T', '  '), clockText).map((parts) => parts.join('')),
  fc.constantFrom('true', 'False', 'TRUE', 'tru', 't'),
  fc.constantFrom('x', 'null', 'Null', 'nul', 'note', ' ', '\u00a0', 'é', 'n', 'NU', ' 5', '5 ', '٣'),
];
const rare = fc.constantFrom('', '', 'null', ' ', 'x', '5', '2024-01-31', '12345678901');
const column = fc
  .constantFrom(...kinds)
  .chain((kind) => fc.array(fc.oneof({ weight: 9, arbitrary: kind }, rare), { minLength: 4, maxLength: 4 }));

test('what cells tell is the same whether they are looked at as bytes or as texts', async () => {
  const path = join(scratchFolder(), 'file.csv');
  await fc.assert(
    fc.asyncProperty(column, column, fc.subarray(['a', 'b']), async (a, b, declared) => {
      const texts = new Set(declared);
      writeFileSync(path, ['a,b', ...a.map((cell, row) => `${cell},${b[row]}`)].join('\n'));
      const scan = await scanPlain(path, { delimiter: ',', textColumns: texts, looksForNulls: true });
      expect(scan?.inferences.map(toldOf)).toEqual([
        inferred(a, texts.has('a')),
        inferred(b, texts.has('b')),
      ]);
    }),
    { numRuns: 3000 },
  );
});

const neighbours = [
  ...['0', '7', '-7', '007', '42', '999999999', '1234567890', '99999999999', '+7', '-', '1-2', '٣'],
  ...[
    '1.5',
    '-1.5',
    '1.50',
    '1.0',
    '0.00000',
    '0.000001',
    '5.',
    '.5',
    '-.5',
    '1.2.3',
    '123.4567',
    '1234.5678',
  ],
  ...['2024-01-28', '2024-02-29', '2023-02-29', '2024-02-31', '2024-13-01', '2024-00-10', '2024-10-00'],
  ...['0000-01-01', '0999-01-01', '20x4-01-01', '202x-01-01', '2024-1-1', '2024-01-1x', '2024/01/01'],
  ...['2024-01-28 23:59:59', '2024-01-28 24:00:00', '2024-01-28 10:60:00', '2024-01-28 10:00:60'],
  ...['2024-01-28T23:59:59', '2024-01-28T24:00:00', '2024-01-28T10:00', '2024-02-31T10:00:00'],
  ...['2024-01-28_10:00:00', '2024-01-28 1x:00:00', '2024-01-28 10-00-00', '2024-01-28 10:00:0x'],
  ...['', 'null', 'nul', 'x', 'true', ' 7', '7 '],
];

test('of two cells that look alike the second is not passed over where it tells something else', () => {
  for (const first of neighbours) {
    for (const second of neighbours) {
      const bytes = Buffer.from(`${first},${second},`);
      const inference = new ColumnInference(false);
      const between = Buffer.byteLength(first);
      inference.observeBytes(bytes, 0, between);
      inference.observeBytes(bytes, between + 1, bytes.length - 1);
      expect({ first, second, ...toldOf(inference) }).toEqual({
        first,
        second,
        ...inferred([first, second], false),
      });
    }
  }
});

test('a file is plain exactly where the reader of all files finds nothing odd in it', async () => {
  const path = join(scratchFolder(), 'file.csv');
  const word = fc.constantFrom('x', 'null', 'Null', 'nul', 'note', ' ', '\u00a0', 'é', '', 'n', '1,2');
  const cell = fc.array(word, { maxLength: 3 }).map((words) => words.join(''));
  const odd = fc.constantFrom('"', '\r\n', '\r', '\n\n', ',', '\ufeff');
  const row = fc.tuple(cell, cell).map((cells) => cells.join(','));
  const rows = fc.array(fc.oneof({ weight: 9, arbitrary: row }, odd), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.boolean(),
      fc.boolean(),
      fc.subarray(['a', 'b']),
      async (lines, ended, looks, declared) => {
        const text = ['a,b', ...lines].join('\n') + (ended ? '\n' : '');
        writeFileSync(path, text);
        const texts = new Set(declared);
        const scan = await scanPlain(path, { delimiter: ',', textColumns: texts, looksForNulls: looks });
        const whole = readWhole(text);
        expect(scan?.rowCount ?? null).toBe(whole?.length ?? null);
        if (whole === null || (!looks && texts.size === 2)) return;
        const told = ['a', 'b'].map((name, place) =>
          inferred(
            whole.map((cells) => cells[place]!),
            texts.has(name),
          ),
        );
        expect(scan!.inferences.map(toldOf)).toEqual(told);
      },
    ),
    { numRuns: 500 },
  );
});

test('rows may lie across the pieces in which a file is read', async () => {
  const path = join(scratchFolder(), 'file.csv');
  const rows = Array.from({ length: 70_000 }, (_, index) => `${index},é${'x'.repeat(index % 60)}`);
  writeFileSync(path, `a,b\n${rows.join('\n')}`);
  for (const declared of [textColumns, new Set<string>()]) {
    const scan = await scanPlain(path, { delimiter: ',', textColumns: declared, looksForNulls: true });
    expect(scan).toMatchObject({ names: ['a', 'b'], rowCount: rows.length });
    expect(scan?.inferences.map(({ kind }) => kind)).toEqual([
      declared.has('a') ? 'text' : 'integer',
      'text',
    ]);
  }
});

test.each([
  ['a column without a name', 'a,\n1,2\n'],
  ['a name that comes twice', 'a,a\n1,2\n'],
  ['one column', 'a\n1\n'],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xe9, 0x2c, 0x31, 0x0a])],
  ['nothing at all', ''],
])('%s is left to the reader of all files', async (_, content) => {
  const path = join(scratchFolder(), 'file.csv');
  writeFileSync(path, content);
  for (const declared of [textColumns, new Set<string>()])
    expect(await scanPlain(path, { delimiter: ',', textColumns: declared, looksForNulls: false })).toBeNull();
});
