import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readComplete } from '../../../src/project/yaml/complete-reader.ts';
import { readFast } from '../../../src/project/yaml/fast-reader.ts';
import { pythonValue } from './python-value.ts';

const key = fc.constantFrom('name', 'a b', '"q"', "'s'", 'yes', '1', 'x-y', '2.0', 'columns', '~');
const word = fc.constantFrom(
  'foo',
  'a:b',
  'x#y',
  "it's",
  'true',
  'off',
  '010',
  '1:30',
  '1_000',
  '1.5',
  '~',
  '2024-01-02',
);
const plain = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
const single = fc.string({ maxLength: 8 }).map((text) => `'${printable(text).replaceAll("'", "''")}'`);
const double = fc.string({ maxLength: 8 }).map((text) => JSON.stringify(printable(text)));
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, 'é');

const { flow } = fc.letrec<{ flow: string }>((tie) => ({
  flow: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof(word, single, double),
    fc.array(tie('flow'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.array(fc.tuple(key, tie('flow')), { maxLength: 3 }).map((pairs) => {
      return `{${pairs.map(([name, value]) => `${name}: ${value}`).join(', ')}}`;
    }),
  ),
}));

const lines = fc.array(fc.constantFrom('text', '', '  deeper', 'more: x', '# no comment', '- item'), {
  maxLength: 5,
});
const header = fc.constantFrom('|', '>', '|-', '>-', '|+', '>+');

/** Lines of a node in block style, without indentation; the first may stand behind `- ` or below `key:`. */
const { block } = fc.letrec<{ block: string[]; entry: string[]; item: string[] }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.array(tie('entry'), { minLength: 1, maxLength: 3 }).map((entries) => entries.flat()),
    fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.flat()),
  ),
  entry: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.tuple(key, fc.oneof(plain, single, double, flow)).map(([name, value]) => [`${name}: ${value}`]),
    fc
      .tuple(key, header, lines)
      .map(([name, style, text]) => [`${name}: ${style}`, '  first', ...indent(text, 2)]),
    fc.tuple(key, fc.constantFrom(1, 2, 4), tie('block')).map(([name, deep, below]) => {
      return [`${name}: # comment`, '', ...indent(below, deep)];
    }),
  ),
  item: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(plain, single, double, flow).map((value) => [`- ${value}`]),
    tie('block').map((below) => [`- ${below[0]}`, ...indent(below.slice(1), 2)]),
  ),
}));

const indent = (text: readonly string[], by: number): string[] =>
  text.map((line) => (line === '' ? '' : ' '.repeat(by) + line));

test('the fast reader gives what the complete one gives', () => {
  let fast = 0;
  fc.assert(
    fc.property(block, (text) => {
      const yaml = `${text.join('\n')}\n`;
      const quick = readFast(yaml);
      if (!('data' in quick)) return;
      fast += 1;
      const complete = readComplete(yaml);
      expect(pythonValue(quick.data)).toEqual(pythonValue(complete.data));
      expect(quick.duplicates).toEqual(complete.duplicates);
    }),
    { numRuns: 1500 },
  );
  expect(fast).toBeGreaterThan(1000);
});

test('whatever stands in a text, neither reader fails but in its own way', () => {
  const part = fc.constantFrom(
    ' ',
    '\n',
    '\n  ',
    ': ',
    '- ',
    '"',
    "'",
    '#',
    '[',
    ']',
    '{',
    '}',
    ',',
    '|',
    '>',
    '&a',
    '*a',
    '<<: ',
    '? ',
    'x',
    '1',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const quick = readFast(parts.join(''));
      expect('data' in quick || quick.stoppedAt >= 0).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
