import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvParser } from '../../../src/context/seed/csv.ts';

/** The records of a text that arrives in the given pieces. */
function records(pieces: readonly string[], delimiter = ','): (readonly string[])[] {
  const parser = new CsvParser(delimiter);
  return [...pieces.flatMap((piece) => parser.push(piece, false).records), ...parser.push('', true).records];
}

// Expected records are what Python's csv module reads from the same text.
test.each([
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,"x\r\ny"\r\n',
    [
      ['a', 'b'],
      ['1', 'x\ny'],
    ],
  ],
  [
    'a,b\r1,2\r',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['1,"x"y\n', [['1', 'xy']]],
  ['1,x"y"\n', [['1', 'x"y"']]],
  ['1,"x\n', [['1', 'x\n']]],
  ['a,"b ""q"" c"\n', [['a', 'b "q" c']]],
  ['a\n\n1\n', [['a'], [], ['1']]],
  [
    'a,\n,\n',
    [
      ['a', ''],
      ['', ''],
    ],
  ],
  ['""\n1\n', [[''], ['1']]],
  ['"1,2\n3,4\n', [['1,2\n3,4\n']]],
  ['a\u2028b,c\n', [['a\u2028b', 'c']]],
  ['"a""",b', [['a"', 'b']]],
  ['', []],
])('%j is read as Python reads it', (text, expected) => {
  expect(records([text])).toEqual(expected);
});

test('it does not matter where the text is cut', () => {
  const piece = fc.constantFrom('a', '1', ',', '"', '""', '\n', '\r', '\r\n', ' ', 'é', '😀');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(40), { maxLength: 6 }), (parts, cuts) => {
      const text = parts.join('');
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((end, index) => text.slice(places[index]!, end));
      expect(records(pieces)).toEqual(records([text]));
    }),
    { numRuns: 500 },
  );
});

test('what was written by the rules comes back unchanged', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '😀') });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }), (rows) => {
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const text = rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
      expect(records([text])).toEqual(rows);
    }),
  );
});

test('each record knows the line that it starts on', () => {
  const parser = new CsvParser(',');
  const first = parser.push('a,b\r\n"x\ny",1\r', false);
  const rest = parser.push('\n2,3\n', true);
  expect([...first.lines, ...rest.lines]).toEqual([1, 2, 4]);
});

test('what other readers take differently is noted', () => {
  const oddities = (text: string) => {
    const parser = new CsvParser(',');
    parser.push(text, true);
    return parser.oddities;
  };
  expect(oddities('a,"b"\n1,2\n')).toEqual({
    quotedEmpty: false,
    quotedCarriageReturn: false,
    quotedLoneReturn: false,
    bareQuote: false,
    brokenQuote: false,
    blankLine: false,
    lineEnds: new Set(['\n']),
  });
  expect(oddities('"",x').quotedEmpty).toBe(true);
  expect(oddities('"a\r\nb"').quotedCarriageReturn).toBe(true);
  expect(oddities('"a\rb"').quotedLoneReturn).toBe(true);
  expect(oddities('a"b,c').bareQuote).toBe(true);
  expect(oddities('"a"b,c').brokenQuote).toBe(true);
  expect(oddities('a\n\nb').blankLine).toBe(true);
  expect(oddities('a\nb\r\n').lineEnds).toEqual(new Set(['\n', '\r\n']));
});
