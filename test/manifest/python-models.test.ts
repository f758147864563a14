import { describe, expect, test } from 'vitest';
import type { ModelNode } from '../../src/manifest/node.ts';
import { type Files, mistakes, parse } from './rig.ts';

const others: Files = Object.fromEntries(
  ['a', 'b', 'c', 'd', 'e'].map((name) => [`models/${name}.sql`, 'select 1 as id']),
);

/** A project with the lines as the body of a Python model. */
const project = (...body: string[]): Files => ({
  ...others,
  'models/p.py': `def model(dbt, session):\n${body.map((line) => `    ${line}\n`).join('')}    return df\n`,
});

const modelOf = (files: Files): ModelNode =>
  parse(files).manifest.nodes.get('model.shop.p') as unknown as ModelNode;
const refsOf = (...body: string[]): readonly string[] =>
  modelOf(project(...body)).refs.map(({ name }) => name);
const codes = (files: Files): readonly string[] => mistakes(files).map(({ code }) => code);

describe('the refs of a Python model', () => {
  // What dbt-core 1.11.16 finds for each of these bodies.
  test.each([
    ['of a call by itself', ['x = dbt.ref("a")'], ['a']],
    [
      'in both kinds of quotes, joined and raw texts',
      ['dbt.ref(\'a\' "")', "dbt.ref('''b''')", 'dbt.ref(r"c")'],
      ['a', 'b', 'c'],
    ],
    ['with escapes', ['x = dbt.ref("\\x61")'], ['a']],
    ['over several lines, with a comment between', ['x = dbt.ref( # here', '"a",', ')'], ['a']],
    [
      'as an argument, a list item, a value, a named argument',
      ['f(dbt.ref("a"), [dbt.ref("b")], {"k": dbt.ref("c")}, z=dbt.ref("d"))'],
      ['a', 'b', 'c', 'd'],
    ],
    [
      'at the beginning of a chain of methods',
      ['dbt.ref("a").df().join(dbt.ref("b"), on="id")["x"]'],
      ['b', 'a'],
    ],
    [
      'in a lambda and in a comprehension',
      ['x = lambda q: dbt.ref("a")', 'y = [dbt.ref("b") for i in range(3)]'],
      ['a', 'b'],
    ],
    ['in an f-string', ['x = f"{dbt.ref(\'a\')}"', 'g(f"{dbt.ref(\'b\')!r:>10}")'], ['a', 'b']],
    [
      'in brackets around an argument',
      ['f((dbt.ref("a")), (dbt.ref("b"),), **{"k": dbt.ref("c")})'],
      ['a', 'b', 'c'],
    ],
    [
      'not where an argument is more than a call',
      ['f(1 + dbt.ref("a"), dbt.ref("b")["x"], lambda: dbt.ref("c"), *[dbt.ref("d")])'],
      [],
    ],
    ['not in comments and texts', ['# dbt.ref("a")', 's = "dbt.ref(\'b\')"'], []],
    ['not of another object', ['x = session.dbt.ref("a")', 'r = dbt.ref', 'r("b")'], []],
  ] as const)('are seen %s', (_, body, refs) => {
    expect(refsOf(...body)).toEqual(refs);
  });

  test('have packages and versions', () => {
    const files = {
      ...project('dbt.ref("shop", "v", version=2)'),
      'models/v_v2.sql': 'select 1',
      'models/s.yml': 'models: [{name: v, versions: [{v: 2}]}]',
    };
    expect(modelOf(files)).toMatchObject({
      refs: [{ name: 'v', package: 'shop', version: 2 }],
      depends_on: { nodes: ['model.shop.v.v2'] },
    });
  });
});

describe('the configuration of a Python model', () => {
  test('is read from its calls, values of every kind', () => {
    const body =
      'dbt.config(tags=["x"], meta={"n": [1, -2.5, None, True], "t": (1, 2)}, lookback=0x10, alias="al" "ias")';
    expect(modelOf(project(body)).config).toMatchObject({
      materialized: 'table',
      tags: ['x'],
      meta: { n: [1, -2.5, null, true], t: [1, 2] },
      lookback: 16,
      alias: 'alias',
    });
  });

  test('keeps the keys that the model asks for', () => {
    const body = ['dbt.config.get("a")', 'dbt.config.get("b", 3)', 'dbt.config.meta_get("m", default=1)'];
    expect(modelOf(project(...body)).config).toMatchObject({
      config_keys_used: ['a', 'b'],
      config_keys_defaults: [null, 3],
      meta_keys_used: ['m'],
      meta_keys_defaults: [null],
    });
  });

  test('is a table unless its properties or its text say otherwise', () => {
    const yaml = { 'models/s.yml': 'models: [{name: p, config: {materialized: incremental}}]' };
    expect(modelOf({ ...project('pass'), ...yaml }).config.materialized).toBe('incremental');
    expect(modelOf({ ...project('dbt.config(materialized="table")'), ...yaml }).config.materialized).toBe(
      'table',
    );
  });
});

describe('a Python model', () => {
  test('that refers to a value it has yet to work out is shown where it does', () => {
    const [found] = mistakes(project('x = dbt.ref(name)'));
    expect(found).toMatchObject({ code: 'python-argument', family: 'Parsing Error' });
    expect(found!.span!.text.slice(found!.span!.start, found!.span!.end)).toBe('dbt.ref(name)');
  });

  test.each([
    ['no function model', 'def other(dbt, session):\n  return 1\n', 'python-model-function'],
    ['two functions model', 'def model(dbt, session):\n  return 1\n'.repeat(2), 'python-model-function'],
    ['one parameter', 'def model(dbt):\n  return 1\n', 'python-model-function'],
    ['another first parameter', 'def model(x, session):\n  return 1\n', 'python-model-function'],
    ['no return at its end', 'def model(dbt, session):\n  if x:\n    return 1\n', 'python-model-function'],
    ['two values returned', 'def model(dbt, session):\n  return (1, 2)\n', 'python-model-function'],
    ['Jinja in it', 'def model(dbt, session):\n  return "{{ x }}"\n', 'python-with-jinja'],
    ['a bracket that is never closed', 'def model(dbt, session):\n  return (1\n', 'python-syntax'],
    ['a text that is never closed', 'def model(dbt, session):\n  return "\n', 'python-syntax'],
    ['no key to get', 'def model(dbt, session):\n  return dbt.config.get()\n', 'python-argument'],
    ['a source without a table', 'def model(dbt, session):\n  return dbt.source("a")\n', 'python-argument'],
  ])('with %s is refused', (_, text, code) => {
    expect(new Set(codes({ 'models/p.py': text }))).toEqual(new Set([code]));
  });

  test.each([
    ['nothing but a comment', '# nothing\n'],
    ['more parameters by name', 'def model(dbt, session: "S" = None, *, k=1, **kw) -> "DF":\n  return 1\n'],
    ['its body on one line', 'def model(dbt, session): x = 1; return x\n'],
    [
      'a class and an inner function of that name',
      'class A:\n  def run(self): return 1\ndef model(dbt, session):\n  def model(x): pass\n  return 1\n',
    ],
    ['braces', 'def model(dbt, session):\n  return {"a": {"b": 1}}\n'],
  ])('with %s is fine', (_, text) => {
    expect(codes({ 'models/p.py': text })).toEqual([]);
  });
});
