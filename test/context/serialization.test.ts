import { describe, expect, test } from 'vitest';
import { createModules } from '../../src/context/modules/index.ts';
import { serializationFunctions } from '../../src/context/serialization.ts';
import type { Value } from '../../src/jinja/values.ts';
import { evaluate } from '../jinja/python-table.ts';

const names = new Map<string, Value>(serializationFunctions().map((one) => [one.name, one]));
names.set(
  'modules',
  createModules({ startedAt: 0, now: () => 0 }, () => {}),
);
const run = (source: string) => evaluate(source, names);

// Expected values come from Python 3.11 with PyYAML 6.

test.each([
  ['a: 1.0', "{'a': 1.0}"],
  ['a: 1e3', "{'a': '1e3'}"],
  ['a: 1.5e+3', "{'a': 1500.0}"],
  ['a: .5', "{'a': 0.5}"],
  ['a: 010', "{'a': 8}"],
  ['a: 0x1F', "{'a': 31}"],
  ['a: 1_000', "{'a': 1000}"],
  ['a: yes', "{'a': True}"],
  ['a: ~', "{'a': None}"],
  ['a: .inf', "{'a': inf}"],
  ['a: 2020-01-01', "{'a': datetime.date(2020, 1, 1)}"],
  ['a: 2020-01-01 10:00:00', "{'a': datetime.datetime(2020, 1, 1, 10, 0)}"],
  ['a: 2020-01-01T10:00:00Z', "{'a': datetime.datetime(2020, 1, 1, 10, 0, tzinfo=datetime.timezone.utc)}"],
  ['1: x', "{1: 'x'}"],
  ['[a, {b: c}]', "['a', {'b': 'c'}]"],
  ['a: &x {b: 1}\nc: *x', "{'a': {'b': 1}, 'c': {'b': 1}}"],
  ['{<<: {a: 1}, b: 2}', "{'a': 1, 'b': 2}"],
  ['a: 1\na: 2', "{'a': 2}"],
  ['5', '5'],
  ['', 'None'],
  ['a: [', "'other'"],
])('fromyaml of %j', (text, expected) => {
  const read = `fromyaml(${JSON.stringify(text)}, 'other')`;
  expect(run(`[${read}]`)).toBe(`[${expected}]`);
});

test.each([
  ['2.0', 'k: 2.0\n'],
  ['none', 'k: null\n'],
  ['true', 'k: true\n'],
  ["'true'", "k: 'true'\n"],
  ["'1.0'", "k: '1.0'\n"],
  ["''", "k: ''\n"],
  ["'x: y'", "k: 'x: y'\n"],
  ["'a#b'", 'k: a#b\n'],
  ["'é😀'", 'k: "\\xE9\\U0001F600"\n'],
  ["'a\\nb'", "k: 'a\n\n  b'\n"],
  ['"it\'s"', "k: it's\n"],
  ["'2020-01-01'", "k: '2020-01-01'\n"],
  ['[[1, 2], [3]]', 'k:\n- - 1\n  - 2\n- - 3\n'],
  ['modules.datetime.date(2020, 1, 2)', 'k: 2020-01-02\n'],
  ['modules.datetime.datetime(2020, 1, 2, 3, 4, 5, 6)', 'k: 2020-01-02 03:04:05.000006\n'],
  ["{'n': 'y', 'no': 1}", "k:\n  n: y\n  'no': 1\n"],
  ["{'x': [{'a': 1, 'b': []}], 'e': {}}", 'k:\n  x:\n  - a: 1\n    b: []\n  e: {}\n'],
])('toyaml of %s', (value, expected) => {
  expect(run(`toyaml({'k': ${value}})`)).toBe(expected);
});

describe('what has no form', () => {
  test.each([
    ["fromjson('{', 'other')", 'other'],
    ["fromjson('nope')", 'None'],
    ['fromyaml(5, "other")', 'other'],
    ['toyaml({"k": nothing}, "other")', 'other'],
    ['toyaml([modules.datetime.timedelta(1)])', 'None'],
  ])('%s gives the default', (source, expected) => {
    expect(run(source)).toBe(expected);
  });

  test.each([
    ['fromjson(none, 1)', 'the JSON object must be str, bytes or bytearray, not NoneType'],
    ['tojson(modules.datetime.date(2020, 1, 1), 1)', 'Object of type date is not JSON serializable'],
  ])('%s is a TypeError', (source, message) => {
    expect(run(source)).toEqual({ error: `TypeError: ${message}` });
  });
});
