import { expect, test } from 'vitest';
import { modelLine } from '../../src/run/model-line.ts';

const raw = `{{ config(materialized='table') }}
{% set day = 1 %}
select
  id,
  {{ day }} as day,
  {{ money('amount') }},
  name
from {{ ref('a') }}
where id > 0
`;

const compiled = `


select
  id,
  1 as day,
  round(amount, 2),
  name
from "shop"."main"."a"
where id > 0`;

test.each([
  ['a line that is the same in both', 'id,', 4],
  ['a line that was rendered', '1 as day', 5],
  ['a line that a macro wrote', 'round(amount', 6],
  ['a reference', 'from "shop"', 8],
])('%s is found', (_, text, line) => {
  const number = compiled.split('\n').findIndex((each) => each.includes(text)) + 1;
  expect(modelLine(compiled, raw, number)).toBe(line);
});

test('lines that a loop made are not guessed', () => {
  const looped = 'select\n{% for n in [1, 2, 3] %}\n  {{ n }} as n{{ n }},\n{% endfor %}\n  0 as last';
  const out = 'select\n\n  1 as n1,\n\n  2 as n2,\n\n  3 as n3,\n\n  0 as last';
  expect(modelLine(out, looped, 5)).toBeNull();
  expect(modelLine(out, looped, 9)).toBe(5);
});

test('common table expressions that were put in front move nothing', () => {
  const model = 'select a,\n  b\nfrom {{ ref("e") }}';
  const injected = 'with __dbt__cte__e as (\n  select 1\n) select a,\n  b\nfrom __dbt__cte__e';
  expect(modelLine(injected, model, 4)).toBe(2);
  expect(modelLine(injected, model, 5)).toBe(3);
});

test('a model of one line is that line', () => {
  expect(modelLine('select nothing', '{{ "select nothing" }}', 1)).toBe(1);
});
