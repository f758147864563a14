import { describe, expect, test } from 'vitest';
import { bindMacro, defineMacro } from '../../src/jinja/bind-macro.ts';
import { renderSync } from '../../src/jinja/driver.ts';
import { createEnvironment } from '../../src/jinja/environment.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import type { Value } from '../../src/jinja/values.ts';
import { errorOf, printedError, renderText, returnFunction } from './support.ts';

/** Renders a template with macros of macro files in its context, as dbt does. */
function renderWith(macros: Readonly<Record<string, string>>, text: string): string {
  const names = new Map<string, Value>([['return', returnFunction]]);
  const env = createEnvironment({ undefinedPolicy: 'execute', names });
  for (const [name, source] of Object.entries(macros)) {
    names.set(name, bindMacro(defineMacro(parseTemplate({ path: `macros/${name}.sql`, text: source })), env));
  }
  return renderSync(parseTemplate({ path: 'model.sql', text }), env);
}

describe('arguments', () => {
  test('bind by position and by name, the rest by defaults that see earlier parameters', () => {
    const macro = '{% macro m(a, b=a ~ "!", c=b ~ "?") %}{{ a }},{{ b }},{{ c }}{% endmacro %}';
    expect(renderText(`${macro}{{ m(1) }} {{ m(1, 2) }} {{ m(c=3, a=1) }}`)).toBe('1,1!,1!? 1,2,2? 1,1!,3');
  });

  test('too many, unknown and doubled ones are refused in the words of Jinja2', () => {
    const macro = '{% macro m(column) %}{% endmacro %}';
    expect(errorOf(`${macro}{{ m(1, 2) }}`)).toContain(
      "TypeError: macro 'm' takes not more than 1 argument(s)",
    );
    expect(errorOf(`${macro}{{ m(1, column=2) }}`)).toContain(
      "TypeError: macro 'm' takes no keyword argument 'column'",
    );
    expect(printedError(() => renderText(`${macro}{{ m(colum=2) }}`))).toContain(
      "hint: did you mean 'column'?",
    );
  });

  test('a parameter that got no value is undefined with a message of its own', () => {
    expect(errorOf('{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }}')).toBe(
      "error[template-undefined-error] UndefinedError: parameter 'a' was not provided (in macro 'm')",
    );
  });

  test('varargs and kwargs take what is left, where the macro reads them', () => {
    const macro = '{% macro m(a) %}{{ a }} {{ varargs }} {{ kwargs }}{% endmacro %}';
    expect(renderText(`${macro}{{ m(1, 2, 3, x=4) }}`)).toBe("1 (2, 3) {'x': 4}");
    expect(renderText(`${macro}{{ m(*[1, 2], **{'y': 5}) }}`)).toBe("1 (2,) {'y': 5}");
  });
});

describe('call blocks', () => {
  test('give the macro a caller, which may take arguments', () => {
    const macro =
      '{% macro each(items) %}{% for i in items %}[{{ caller(i, sep="-") }}]{% endfor %}{% endmacro %}';
    expect(renderText(`${macro}{% call(item, sep) each([1, 2]) %}{{ sep }}{{ item }}{% endcall %}`)).toBe(
      '[-1][-2]',
    );
  });

  test('are refused by a macro that does not use its caller', () => {
    expect(errorOf('{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}')).toContain(
      "macro 'm' was invoked with two values for the special caller argument.",
    );
  });

  test('leave the caller undefined in a plain call', () => {
    expect(errorOf('{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}')).toContain(
      'UndefinedError: No caller defined',
    );
    expect(renderText('{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}')).toBe('False');
  });

  test('see the names around them, and the macro does not', () => {
    const macro = '{% macro m() %}{% set x = 2 %}{{ caller() }}{% endmacro %}';
    expect(renderText(`{% set x = 1 %}${macro}{% call m() %}{{ x }}{% endcall %}`)).toBe('1');
  });
});

describe('return', () => {
  test('gives a native value and drops what was written', () => {
    expect(renderWith({ f: '{% macro f() %}text{{ return([1, 2]) }}{% endmacro %}' }, '{{ f()[1] }}')).toBe(
      '2',
    );
  });

  test('passes through inline macros and call blocks to the macro of a macro file', () => {
    const inner = '{% macro inner() %}{{ caller() }}never{% endmacro %}';
    const outer = '{% macro outer() %}{% call inner() %}{{ return(7) }}{% endcall %}|{% endmacro %}';
    expect(renderWith({ inner, outer }, '{{ outer() }}')).toBe('7|');
  });

  test('outside a macro is an error with its place', () => {
    expect(errorOf('{{ return(1) }}', { return: returnFunction })).toBe(
      "error[template-runtime-error] RuntimeError: 'return' outside a macro",
    );
  });
});

describe('nesting', () => {
  test('200 calls inside one another are allowed, with loops and branches on the way', () => {
    const macro =
      '{% macro f(n) %}{% if n > 0 %}{% for x in [1] %}{% set y %}{{ f(n - 1) }}{% endset %}{{ y }}{% endfor %}' +
      '{% else %}end{% endif %}{% endmacro %}';
    expect(renderWith({ f: macro }, '{{ f(199) }}')).toBe('end');
  });

  test('one more ends in a clear error', () => {
    const f = '{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}';
    expect(() => renderWith({ f }, '{{ f(0) }}')).toThrow(
      "calls are nested more than 200 deep, the last one being 'f'",
    );
  });

  test('is counted anew after a failed call', () => {
    const env = createEnvironment({ undefinedPolicy: 'execute', names: new Map(), inlineMacroPrefix: '' });
    const failing = parseTemplate({ path: 'm', text: '{% macro f() %}{{ 1 / 0 }}{% endmacro %}{{ f() }}' });
    for (let round = 0; round < 300; round += 1)
      expect(() => renderSync(failing, env)).toThrow('division by zero');
  });
});

test('a macro shows its name and parameters', () => {
  expect(
    renderText(
      '{% macro m(a, b) %}{{ varargs }}{% endmacro %}{{ m }} {{ m.name }} {{ m.arguments }} {{ m.catch_varargs }}',
    ),
  ).toBe("<Macro 'm'> m ('a', 'b') True");
});
