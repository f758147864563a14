import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defaultLimits, type Limits } from '../../src/jinja/budget.ts';
import { toDiagnostic } from '../../src/jinja/errors.ts';
import { parseJson } from '../../src/jinja/parse-json.ts';
import { callable, PyDict, type Value } from '../../src/jinja/values.ts';
import { errorOf, renderText } from './support.ts';

const names = {
  text: 'a',
  number: 1,
  list: [1],
  record: PyDict.fromRecord({ a: 1 }),
  plain: { a: 1 },
  f: callable('f', () => 'f'),
};

const prototypeNames = [
  'constructor',
  'prototype',
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupGetter__',
  'isPrototypeOf',
  'toLocaleString',
];

/** Rendered text, or `error` where it failed as a template fails. */
function outcome(text: string): string {
  try {
    return renderText(text, names);
  } catch (thrown) {
    toDiagnostic(thrown);
    return 'error';
  }
}

describe('members of the host language', () => {
  const values = [
    'text',
    'number',
    'list',
    'record',
    'plain',
    'f',
    'none',
    'range',
    'namespace()',
    'range(3)',
    '1.5',
    '(1, 2)',
  ];

  test.each(values)('%s shows none of them', (value) => {
    for (const name of prototypeNames) {
      expect(outcome(`{{ ${value}.${name} is defined }}`)).toBe('False');
      expect(outcome(`{{ ${value}['${name}'] is defined }}`)).toBe('False');
      expect(outcome(`{{ (${value} | attr('${name}')) is defined }}`)).toBe('False');
      expect(outcome(`{{ ${value}.${name}('return process')() }}`)).toBe('error');
      expect(outcome(`{{ [${value}] | map(attribute='${name}') | select('defined') | list }}`)).toMatch(
        /^(\[\]|error)$/,
      );
    }
  });

  test('split and concatenated names reach no further', () => {
    expect(outcome("{{ text['con' ~ 'structor']['con' ~ 'structor']('x')() }}")).toBe('error');
    expect(outcome("{{ ('%s' % 'constructor') in record }}")).toBe('False');
  });

  test('format fields do not reach them', () => {
    expect(outcome("{{ '{0.constructor}'.format(text) }}")).toMatch(/^(error|)$/);
    expect(outcome("{{ '{0.__class__}'.format(text) }}")).toMatch(/^(error|)$/);
    expect(outcome("{{ '{0[constructor]}'.format(plain) }}")).toMatch(/^(error|)$/);
  });

  test('loops, macros and callers show their own names only', () => {
    for (const name of prototypeNames) {
      expect(outcome(`{% for x in [1] %}{{ loop.${name} is defined }}{% endfor %}`)).toBe('False');
      expect(outcome(`{% macro m() %}{% endmacro %}{{ m.${name} is defined }}`)).toBe('False');
      expect(
        outcome(`{% macro m() %}{{ caller.${name} is defined }}{% endmacro %}{% call m() %}{% endcall %}`),
      ).toBe('False');
    }
  });

  test('names with an underscore fail as in the sandbox of Jinja2', () => {
    expect(errorOf('{{ text.__class__.__mro__ }}', names)).toContain(
      "SecurityError: access to attribute '__class__' of 'str' object is unsafe.",
    );
  });
});

describe('names of the host language as data', () => {
  test('are plain variables, keys, keywords and parameters', () => {
    for (const name of prototypeNames) {
      expect(outcome(`{{ ${name} is defined }}`)).toBe('False');
      expect(outcome(`{% set ${name} = 1 %}{{ ${name} }}`)).toBe('1');
      expect(outcome(`{% set d = {'${name}': 2} %}{{ d['${name}'] }}{{ d }}`)).toBe(`2{'${name}': 2}`);
      expect(outcome(`{{ dict(${name}=3) }}`)).toBe(`{'${name}': 3}`);
      expect(outcome(`{% macro m(${name}) %}{{ ${name} }}{% endmacro %}{{ m(${name}=4) }}`)).toBe('4');
      expect(outcome(`{% set n = namespace() %}{% set n.${name} = 5 %}{{ n }}`)).toBe(
        `<Namespace {'${name}': 5}>`,
      );
      expect(outcome(`{% set d = {} %}{% do d.update({'${name}': 6}) %}{{ d }}`)).toBe(`{'${name}': 6}`);
    }
  });

  test('arrive through JSON as data and leave Object.prototype alone', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const data = parseJson('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');
    expect(
      renderText('{{ data["__proto__"].polluted }}{{ data.constructor.prototype.polluted }}', { data }),
    ).toBe('11');
    expect(renderText('{% set d = {} %}{% do d.update(data) %}{{ d.polluted is defined }}', { data })).toBe(
      'False',
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect((Object.create(Object.prototype) as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('template text in data is not rendered', () => {
    const data = '{{ 1 + 1 }}{% if %}';
    expect(renderText('{{ data }}', { data })).toBe(data);
  });
});

test('every case passes where the process may not make code from text', () => {
  const script = fileURLToPath(new URL('../../scripts/cases-jinja.mjs', import.meta.url));
  const out = execFileSync(process.execPath, ['--disallow-code-generation-from-strings', script], {
    encoding: 'utf8',
  });
  expect(out.trimEnd().split('\n').at(-1)).toMatch(/^\d{3,} passed, 0 failed$/);
});

describe('the budget', () => {
  const stopped = (text: string, limits: Partial<Limits> = {}, more: Record<string, Value> = {}): string =>
    errorOf(text, { ...names, ...more }, { limits: { ...defaultLimits, ...limits } });

  test('ends endless loops', () => {
    const loops = '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}';
    expect(stopped(loops, { steps: 100_000 })).toContain('the template was stopped after 100000 steps');
    const grows = '{% set l = [1] %}{% for x in l %}{% do l.append(1) %}{% endfor %}';
    expect(stopped(grows, { steps: 100_000 })).toContain('stopped after 100000 steps');
  });

  test('ends recursion of macros, call blocks and loops', () => {
    expect(stopped('{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}')).toContain('nested more than 200 deep');
    const caller =
      '{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}';
    expect(stopped(caller)).toContain('nested more than 200 deep');
    const loop = '{% set l = [] %}{% do l.append(l) %}{% for x in l recursive %}{{ loop(x) }}{% endfor %}';
    expect(stopped(loop)).toContain('nested more than 200 deep');
  });

  test('ends output without end', () => {
    const text = "{% for a in range(100) %}{{ 'x' * 100 }}{% endfor %}";
    expect(stopped(text, { outputLength: 5000 })).toContain('stopped after writing 5000 characters');
  });

  test('stops what grows by doubling', () => {
    const doubling = (step: string, start: string): string =>
      `{% set n = namespace(v=${start}) %}{% for i in range(100) %}{% set n.v = ${step} %}{% endfor %}`;
    expect(stopped(doubling('n.v ~ n.v', "'x'"))).toContain('a text may not be longer than');
    expect(stopped(doubling('n.v + n.v', "'x'"))).toContain('a text may not be longer than');
    expect(stopped(doubling('n.v + n.v', '[1]'), { listLength: 100_000 })).toContain(
      'a list may not be longer than',
    );
    expect(stopped(doubling('n.v * n.v', '3'))).toContain('a number may not have more than');
    expect(stopped("{{ 'x' * 10 ** 12 }}")).toContain('a text may not be longer than');
    expect(stopped('{{ [1] * 10 ** 12 }}')).toContain('a list may not be longer than');
    expect(stopped('{{ 10 ** (10 ** 9) }}')).toContain('a number may not have more than');
    const replace = doubling("n.v.replace('x', 'xx')", "'x'");
    expect(stopped(replace, { textLength: 100_000 })).toContain('a text may not be longer than');
  });

  test('stops filters and methods that make much of little', () => {
    expect(stopped("{{ [1] | batch(1000000000, 'x') | list }}")).toContain('a list may not be longer than');
    expect(stopped('{{ [1] | slice(1000000000) | list }}')).toContain('a list may not be longer than');
    expect(stopped("{{ 'x'.center(1000000000) }}")).toContain('BudgetError');
    expect(stopped("{{ 'x' | indent(1000000000) }}")).toContain('BudgetError');
    expect(stopped("{{ range(100000) | join('x' * 100000) }}")).toContain('BudgetError');
    expect(
      stopped('{% set l = [1] %}{% for i in range(60) %}{% do l.extend(l) %}{% endfor %}', {
        listLength: 100_000,
      }),
    ).toContain('a list may not be longer than');
  });

  test('ends values nested beyond the stack', () => {
    const nested = '{% set n = namespace(v=[]) %}{% for i in range(5000) %}{% set n.v = [n.v] %}{% endfor %}';
    expect(stopped(`${nested}{{ n.v }}`)).toContain(
      'RecursionError: a value is nested too deeply to be printed',
    );
  });

  test('limits ranges as the sandbox of Jinja2', () => {
    expect(stopped('{{ range(200000000) }}')).toContain(
      'OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).',
    );
    expect(renderText('{{ range(100000) | length }}')).toBe('100000');
  });

  test('is shared by a template and the macros it calls', () => {
    const text =
      '{% macro m() %}{% for x in range(100) %}{% endfor %}{% endmacro %}{% for x in range(100) %}{{ m() }}{% endfor %}';
    expect(stopped(text, { steps: 5000 })).toContain('stopped after 5000 steps');
  });
});
