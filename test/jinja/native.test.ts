import { describe, expect, test } from 'vitest';
import { createEnvironment } from '../../src/jinja/environment.ts';
import { literalEval } from '../../src/jinja/literal.ts';
import { renderNative } from '../../src/jinja/native.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import { repr } from '../../src/jinja/text.ts';
import { typeName, type Value } from '../../src/jinja/values.ts';

function native(text: string): string {
  const names = new Map<string, Value>([['x', 1]]);
  const env = createEnvironment({ undefinedPolicy: 'execute', names });
  const value = renderNative(parseTemplate({ path: 'schema.yml', text }), env);
  return `${typeName(value)} ${repr(value)}`;
}

// Every expectation was printed by dbt's native environment.
describe('native rendering', () => {
  test.each([
    ['{{ [1,2] }}', "str '[1, 2]'"],
    ["{{ [1,2] | map('string') | list }}", "list ['1', '2']"],
    ['{{ (1,2) }}', "str '(1, 2)'"],
    ['{{ [1,2] | first }}', "str '1'"],
    ['{% set x = 5 %}{{ x }}', 'int 5'],
    ['{{ 5 if x else 6 }}', 'int 5'],
    ['{{ 1 if true }}', "str '1'"],
    ['{{ 1.0 }}', "str '1.0'"],
    ['{{ [x] }}', 'list [1]'],
    ['{% for i in [5] %}{{ i }}{% endfor %}', 'int 5'],
    ['{{ 5 | as_number }}{# x #}', 'int 5'],
    [' {{ 5 | as_number }}', "str ' 5'"],
    ['{{ [1,2] | as_native }}', 'list [1, 2]'],
    ["{{ 'None' | as_native }}", 'NoneType None'],
    ['{% macro m() %}x{% endmacro %}', "str ''"],
    ["{{ [1,2] | select('odd') | list }}", 'list [1]'],
  ])('%s is %s', (text, expected) => {
    expect(native(text)).toBe(expected);
  });
});

describe('literals', () => {
  test.each([
    ['1', '1'],
    ['-1.5', '-1.5'],
    ['1e3', '1000.0'],
    ["'a\\n'", "'a\\n'"],
    ['\'a\' "b"', "'ab'"],
    ['[1, (2,), {"a": None}]', "[1, (2,), {'a': None}]"],
    ['(1)', '1'],
    ['()', '()'],
    ['1, 2', '(1, 2)'],
    ['{1, 1}', '{1}'],
    ['True', 'True'],
    ['0x1f', '31'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('%s reads as %s', (text, expected) => {
    const value = literalEval(text);
    expect(value === undefined ? undefined : repr(value)).toBe(expected);
  });

  test.each(['true', 'abc', '1 +', '[1', '[1 2]', '01', "'a", 'f()', ' '])('%s is none', (text) => {
    expect(literalEval(text)).toBeUndefined();
  });
});
