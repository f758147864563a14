import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DiagnosticError, formatDiagnostic } from '../../../src/core/diagnostic.ts';
import type { PyDict } from '../../../src/jinja/values.ts';
import { readYaml } from '../../../src/project/yaml/read-yaml.ts';
import { normalOracle, pythonValue } from './python-value.ts';

interface Case {
  readonly yaml: string;
  readonly value?: unknown;
  readonly error?: true;
}

const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as readonly Case[];

/** What PyYAML refuses and we read all the same: no other meaning can be given to it. */
const lenient = new Set(['-\ta\n']);

function failure(text: string): string {
  try {
    readYaml(text, 'models/schema.yml');
  } catch (caught) {
    if (caught instanceof DiagnosticError) return caught.diagnostics.map(formatDiagnostic).join('\n');
    throw caught;
  }
  throw new Error('expected a failure');
}

describe('every text means what PyYAML says', () => {
  for (const { yaml, value, error } of cases) {
    if (lenient.has(yaml)) continue;
    test(JSON.stringify(yaml), () => {
      if (error) expect(() => readYaml(yaml, 'f.yml', { keepEnd: true })).toThrow(DiagnosticError);
      else expect(pythonValue(readYaml(yaml, 'f.yml', { keepEnd: true }).data)).toEqual(normalOracle(value));
    });
  }
});

describe('data', () => {
  test('a mapping is a plain object, one with keys that are no text keeps their types', () => {
    const data = readYaml('a: {b: 1}\nc: {2: x, yes: y}\n', 'f.yml').data as Record<string, unknown>;
    expect(data['a']).toEqual({ b: 1 });
    expect((data['c'] as PyDict).entries()).toEqual([
      [2, 'x'],
      [true, 'y'],
    ]);
  });

  test('keys that look like numbers keep the order in which they are written', () => {
    const { data } = readYaml('"2023": a\n"2022": b\n', 'f.yml');
    expect((data as PyDict).keys()).toEqual(['2023', '2022']);
    expect(readYaml('"2022": b\n"2023": a\nx: 1\n', 'f.yml').data).toEqual({
      '2022': 'b',
      '2023': 'a',
      x: 1,
    });
  });

  test('keys that name parts of a prototype are data like all others', () => {
    const text = '__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 2}}\n';
    const { data } = readYaml(text, 'f.yml');
    expect(Object.keys(data as object)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const merged = readYaml('a: &a {__proto__: {polluted: 1}}\nb: {<<: *a}\n', 'f.yml').data as { b: object };
    expect(Object.hasOwn(merged.b, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(merged.b)).toBe(Object.prototype);
  });

  test('the white space at the end of a file goes before it is read, as in dbt', () => {
    expect(readYaml('a: |\n  x\n', 'f.yml').data).toEqual({ a: 'x' });
    expect(readYaml('a: |\n  x\n', 'f.yml', { keepEnd: true }).data).toEqual({ a: 'x\n' });
  });

  test('a byte order mark and Windows line ends mean nothing', () => {
    expect(readYaml('\uFEFFa: |\r\n  x\r\n  y\r\nb: 1\r\n', 'f.yml').data).toEqual({ a: 'x\ny\n', b: 1 });
  });
});

describe('duplicate keys', () => {
  test('the last one counts and each repetition is listed with its place', () => {
    const text = 'a: 1\r\nb:\r\n  - {c: 1, c: 2}\r\na: 3\r\n';
    const { data, duplicates } = readYaml(text, 'f.yml');
    expect(data).toEqual({ a: 3, b: [{ c: 2 }] });
    expect(duplicates.map(({ key, span }) => [key, text.slice(span.start, span.end), span.start])).toEqual([
      ['c', 'c', text.lastIndexOf('c')],
      ['a', 'a', text.lastIndexOf('a')],
    ]);
  });

  test('the complete reader lists them too', () => {
    expect(readYaml('x: !!str 1\na: 1\na: 2\n', 'f.yml').duplicates.map(({ key }) => key)).toEqual(['a']);
  });

  // As dbt counts them: it asks whether << is the first key.
  test.each([
    ['b: &b {x: 1}\nc: {<<: *b, x: 2}\n', []],
    ['b: &b {x: 1}\nc: {<<: *b, x: 2, x: 3}\n', []],
    ['b: &b {x: 1}\nc: {y: 0, <<: *b, x: 2}\n', ['x']],
    ['b: &b {x: 1}\nc: {y: 0, <<: *b}\n', []],
    ['b: &b {x: 1}\nc:\n  y: 0\n  <<: *b\n  x: 2\n', ['x']],
    ['b: &b {x: 1}\nc:\n  <<: *b\n  x: 2\n', []],
    ['b: &b {x: 1}\nd: &d {x: 2}\nc:\n  y: 0\n  <<: [*b, *d]\n', ['x']],
  ])('a key that overrides a merged one in %j', (text, expected) => {
    const keys = (source: string) => readYaml(source, 'f.yml').duplicates.map(({ key }) => key);
    expect(keys(text)).toEqual(expected);
    expect(keys(`z: !!str 1\n${text}`)).toEqual(expected);
  });
});

describe('limits', () => {
  const expands = (levels: number): string => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < levels; level += 1) {
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    return lines.join('\n');
  };

  test.each([
    ['aliases that expand without end', expands(10)],
    ['the same through the complete reader', `t: !!str 1\n${expands(10)}`],
    ['brackets inside of brackets', '['.repeat(100_000)],
    ['braces inside of braces, after a tag', `t: !!str 1\nb: ${'{a: '.repeat(20_000)}`],
    ['lists inside of lists', '- '.repeat(100_000)],
    ['lists inside of lists, after a tag', `- !!str a\n${'- '.repeat(100_000)}a`],
    ['a text of a hundred million characters', `[${'1,'.repeat(50_000_000)}]`],
  ])('%s are refused', (_name, text) => {
    expect(failure(text)).toMatch(/^error\[yaml-limit\]/);
  });

  test('a few aliases are fine', () => {
    expect((readYaml(expands(4), 'f.yml').data as { a3: unknown[] }).a3).toHaveLength(9);
  });
});

describe('messages', () => {
  test('a template without quotes is told how to be written', () => {
    expect(failure('models:\n  - name: orders\n    schema: {{ target.schema }}\n')).toBe(
      [
        'error[yaml-syntax] not valid YAML: a list or a mapping cannot be a key',
        '  models/schema.yml:3:14',
        '  2 |   - name: orders',
        '  3 |     schema: {{ target.schema }}',
        '    |              ^^^^^^^^^^^^^^^^^',
        '  4 |',
        '  hint: a template needs quotes around it: schema: "{{ target.schema }}"',
      ].join('\n'),
    );
  });

  test('a tab is told', () => {
    expect(failure('models:\n\t- name: orders\n')).toBe(
      [
        'error[yaml-syntax] not valid YAML: a tab stands where the indentation should be',
        '  models/schema.yml:2:1',
        '  1 | models:',
        '  2 |   - name: orders',
        '    | ^',
        '  3 |',
        '  hint: indent with spaces; YAML takes no tabs',
      ].join('\n'),
    );
  });

  test('a wrong indentation points to the first character of its line', () => {
    expect(failure('models:\n  - name: orders\n   description: x\n')).toBe(
      [
        'error[yaml-syntax] not valid YAML: this line is not indented like its neighbours',
        '  models/schema.yml:3:4',
        '  2 |   - name: orders',
        '  3 |    description: x',
        '    |    ^',
        '  4 |',
        '  hint: give the keys of one mapping, and the items of one list, the same indentation',
      ].join('\n'),
    );
  });

  test('a quote that is not closed is shown where it opens', () => {
    expect(failure('description: "all orders\nname: x\n')).toContain(
      'this quote is not closed\n  models/schema.yml:1:14',
    );
  });

  test.each([
    ['tests: [a, b\nname: x\n', 'a bracket is not closed before here'],
    ['description: a: b\n', "a second ': ' on the line would make a mapping inside of a value"],
    ['description: @x\n', 'a value cannot begin with this character'],
    ['description: *x\n', "no anchor '&x' stands before this alias"],
    ['date: 2024-02-31\n', "'2024-02-31' is no date"],
    ['a: 1\n---\nb: 1\n', "a second document begins here ('---'), where one is expected"],
    ['a: \x01\n', 'the control character U+0001 is not allowed'],
    ['a: !ruby x\n', "the tag '!ruby' is not known here"],
  ])('%j says so', (text, message) => {
    expect(failure(text)).toContain(message);
  });
});
