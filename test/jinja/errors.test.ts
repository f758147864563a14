import { expect, test } from 'vitest';
import { DiagnosticError, error } from '../../src/core/diagnostic.ts';
import { toDiagnostic } from '../../src/jinja/errors.ts';
import { callable, PyDict } from '../../src/jinja/values.ts';
import { printedError, renderText } from './support.ts';

test('an error shows the way from its place out to the template', () => {
  const text = [
    '{% macro inner(col) %}',
    "  {%- set parts = col.split('.') %}",
    '  {{ parts[1].upper() ~ parts.nope.x }}',
    '{% endmacro %}',
    '{% macro outer(col) %}{{ inner(col) }}{% endmacro %}',
    'select',
    "  {{ outer('a.b') }}",
  ].join('\n');
  expect(printedError(() => renderText(text))).toBe(
    [
      "error[template-undefined-error] UndefinedError: 'list object' has no attribute 'nope' (in macro 'inner')",
      '  model.sql:3:36',
      "  2 |   {%- set parts = col.split('.') %}",
      '  3 |   {{ parts[1].upper() ~ parts.nope.x }}',
      '    |                                    ^',
      '  4 | {% endmacro %}',
      "  called from macro 'outer' model.sql:5:26",
      '  4 | {% endmacro %}',
      '  5 | {% macro outer(col) %}{{ inner(col) }}{% endmacro %}',
      '    |                          ^^^^^^^^^^',
      '  6 | select',
      '  called from model.sql:7:6',
      '  6 | select',
      "  7 |   {{ outer('a.b') }}",
      '    |      ^^^^^^^^^^^^',
    ].join('\n'),
  );
});

test('a mistyped name gets the nearest one in sight', () => {
  const hintOf = (text: string): string =>
    printedError(() => renderText(text, { customers: [1] }))
      .split('\n')
      .at(-1)!;
  expect(hintOf('{{ custmers.x }}')).toBe("  hint: did you mean 'customers'?");
  expect(hintOf('{% set orders = 1 %}{{ order + 1 }}')).toBe("  hint: did you mean 'orders'?");
  expect(hintOf("{{ 'a'.uper() }}")).toBe("  hint: did you mean 'upper'?");
  expect(hintOf('{{ {"status": 1}.statsu.x }}')).toBe("  hint: did you mean 'status'?");
  expect(hintOf('{% for x in [1] %}{{ loop.indx + 1 }}{% endfor %}')).toBe("  hint: did you mean 'index'?");
});

test("a host function's diagnostic keeps its code and family and gets the place of the call", () => {
  const failing = callable('ref', () => {
    throw new DiagnosticError(
      error({ code: 'ref-not-found', message: "'x' does not exist", family: 'Parsing Error' }),
    );
  });
  expect(printedError(() => renderText("select\n{{ ref('x') }}", { ref: failing }))).toBe(
    [
      "error[ref-not-found] 'x' does not exist",
      '  model.sql:2:4',
      '  1 | select',
      "  2 | {{ ref('x') }}",
      '    |    ^^^^^^^^',
    ].join('\n'),
  );
});

test('an error that is no mistake of the template keeps its cause', () => {
  const cause = new Error('connection lost');
  const failing = callable('query', () => {
    throw cause;
  });
  expect(() => renderText('{{ query() }}', { query: failing })).toThrow(
    expect.objectContaining({ type: 'Error', message: 'connection lost', cause }),
  );
});

test('what no template threw is thrown again', () => {
  expect(() => toDiagnostic(new TypeError('a bug'))).toThrow('a bug');
});

test('printing an undefined value is told, with its name and place', () => {
  const told: string[] = [];
  renderText(
    '{{ nope }}{{ d.x }}',
    { d: new PyDict() },
    {
      onUndefinedOutput: (name, place) => told.push(`${name} ${place.text.slice(place.start, place.end)}`),
    },
  );
  expect(told).toEqual(['nope nope', 'x x']);
});
