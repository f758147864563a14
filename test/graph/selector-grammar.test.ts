import { describe, expect, test } from 'vitest';
import { DiagnosticError, formatDiagnostic } from '../../src/core/diagnostic.ts';
import type { Criterion } from '../../src/graph/selector.ts';
import { parseCriterion, parseSelection } from '../../src/graph/selector-grammar.ts';

const parse = (raw: string): Criterion =>
  parseCriterion(raw, { file: '--select', text: raw, start: 0, end: raw.length }, 'eager');

const errorsOf = (select: readonly string[], exclude: readonly string[] = []): string[] => {
  try {
    parseSelection({ select, exclude, indirect: 'eager' });
  } catch (caught) {
    if (caught instanceof DiagnosticError) return caught.diagnostics.map(formatDiagnostic);
    throw caught;
  }
  return [];
};

const all = Number.POSITIVE_INFINITY;

describe('one criterion', () => {
  test.each([
    ['orders', 'fqn', 'orders', null, null],
    ['+orders', 'fqn', 'orders', all, null],
    ['orders+', 'fqn', 'orders', null, all],
    ['2+orders+3', 'fqn', 'orders', 2, 3],
    ['0+orders', 'fqn', 'orders', 0, null],
    ['a+b', 'fqn', 'a+b', null, null],
    ['++a', 'fqn', '+a', all, null],
    ['+', 'fqn', '', all, null],
    ['tag:nightly+1', 'tag', 'nightly', null, 1],
    ['source:raw.orders', 'source', 'raw.orders', null, null],
    ['fqn:a:b', 'fqn', 'a:b', null, null],
    ['models/marts', 'path', 'models/marts', null, null],
    ['models/a.sql', 'path', 'models/a.sql', null, null],
    ['a.sql', 'file', 'a.sql', null, null],
    ['A.PY', 'file', 'A.PY', null, null],
    ['a.csv+', 'file', 'a.csv', null, all],
    ['a.sqlx', 'fqn', 'a.sqlx', null, null],
    ['line\nbreak', 'fqn', 'line\nbreak', null, null],
  ])('%j', (raw, method, value, parentsDepth, childrenDepth) => {
    expect(parse(raw)).toMatchObject({
      raw,
      method,
      value,
      parentsDepth,
      childrenDepth,
      childrensParents: false,
    });
  });

  test('takes the parts of a method as its arguments', () => {
    expect(parse('config.meta.owner:ann')).toMatchObject({
      method: 'config',
      methodArguments: ['meta', 'owner'],
      value: 'ann',
    });
  });

  test('with @ asks for descendants and their ancestors', () => {
    expect(parse('@orders')).toMatchObject({ childrensParents: true, parentsDepth: null, value: 'orders' });
    expect(parse('@2+orders')).toMatchObject({ childrensParents: true, parentsDepth: 2 });
  });

  test('of 10,000 characters is read', () => {
    for (const raw of ['+1'.repeat(5000), `${'1'.repeat(9999)}x`, '@'.repeat(10_000), 'a:'.repeat(5000)]) {
      try {
        expect(parse(raw).raw).toBe(raw);
      } catch (caught) {
        expect(caught).toBeInstanceOf(DiagnosticError);
      }
    }
  });
});

describe('mistakes of the command line', () => {
  test('an unknown method shows its place and the nearest one', () => {
    expect(errorsOf(['orders', 'tag:x,tags:nightly+'])).toEqual([
      [
        "error[selector-method-unknown] 'tags' is not a valid method name",
        '  --select:1:14',
        '  1 | orders tag:x,tags:nightly+',
        '    |              ^^^^',
        "  hint: did you mean 'tag'?",
      ].join('\n'),
    ]);
  });

  test('a method that resembles none lists them all', () => {
    expect(errorsOf(['blah:x'])[0]).toContain(
      'hint: methods are fqn, tag, group, access, source, path, file,',
    );
  });

  test('@ and a trailing + do not go together', () => {
    expect(errorsOf(['@orders+'])[0]).toBe(
      [
        "error[selector-at-with-children] Invalid node spec @orders+: the '@' prefix and the '+' suffix are incompatible",
        '  --select:1:1',
        '  1 | @orders+',
        '    | ^^^^^^^^',
        "  hint: '@' selects all descendants already; leave the '+' out",
      ].join('\n'),
    );
  });

  test('all are told at once, those of --exclude too', () => {
    expect(errorsOf(['a:x b:y', 'c'], ['d:z']).map((text) => text.split('\n').slice(0, 2))).toEqual([
      ["error[selector-method-unknown] 'a' is not a valid method name", '  --select:1:1'],
      ["error[selector-method-unknown] 'b' is not a valid method name", '  --select:1:5'],
      ["error[selector-method-unknown] 'd' is not a valid method name", '  --exclude:1:1'],
    ]);
  });
});
