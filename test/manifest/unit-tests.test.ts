import { describe, expect, test } from 'vitest';
import type { UnitTestNode } from '../../src/manifest/node.ts';
import { type Files, mistakes, parse } from './rig.ts';

const model: Files = {
  'models/a.sql': "select * from {{ ref('s') }}",
  'seeds/s.csv': 'id,name\n1,x\n2,\n',
};

const unitTest = (text: string): Files => ({ ...model, 'models/u.yml': `unit_tests: [{name: t, ${text}}]` });
const testsOf = (files: Files): readonly UnitTestNode[] => [...parse(files).manifest.unitTests.values()];
const codes = (files: Files): readonly string[] => mistakes(files).map(({ code }) => code);

describe('the rows of a unit test', () => {
  test('are those of the seed where an input gives none', () => {
    const [made] = testsOf(unitTest("model: a, given: [{input: ref('s')}], expect: {rows: [{id: 1}]}"));
    expect(made!.given[0]!.rows).toEqual([
      { id: '1', name: 'x' },
      { id: '2', name: '' },
    ]);
  });

  test('come from files by their name, CSV with null for what is empty, a full row first', () => {
    const [made] = testsOf({
      ...unitTest(
        "model: a, given: [{input: ref('s'), format: csv, fixture: rows}], expect: {format: sql, fixture: wanted}",
      ),
      'tests/fixtures/deep/rows.csv': 'id,name\n1,\n2,"x, y"\n',
      'tests/fixtures/wanted.sql': 'select 1 as id\n',
    });
    expect(made!.given[0]).toEqual({
      input: "ref('s')",
      rows: [
        { id: '2', name: 'x, y' },
        { id: '1', name: null },
      ],
      format: 'csv',
      fixture: 'rows',
    });
    expect(made!.expect.rows).toBe('select 1 as id');
  });

  test.each([
    ['are no list', "model: a, given: [], expect: {rows: 'a,b'}", 'unit-test-rows'],
    ['are a list in CSV', 'model: a, given: [], expect: {format: csv, rows: [{a: 1}]}', 'unit-test-rows'],
    [
      'are missing where the input is no seed',
      "model: a, given: [{input: ref('a')}], expect: {rows: []}",
      'unit-test-rows',
    ],
    [
      'are in a file that is not there',
      'model: a, given: [], expect: {format: csv, fixture: nothing}',
      'fixture-not-found',
    ],
    ['have another format', 'model: a, given: [], expect: {format: xml, rows: []}', 'property-value'],
  ])('that %s are refused', (_, text, code) => {
    expect(codes(unitTest(text))).toEqual([code]);
  });
});

describe('the model of a unit test', () => {
  test('gives it its schema and is all that it depends on', () => {
    const [made] = testsOf(unitTest('model: a, given: [], expect: {rows: []}'));
    expect(made).toMatchObject({
      unique_id: 'unit_test.shop.a.t',
      schema: 'main',
      depends_on: { macros: [], nodes: ['model.shop.a'] },
    });
  });

  test('that is disabled takes the test with it', () => {
    const files = {
      ...unitTest('model: a, given: [], expect: {rows: []}'),
      'models/a.sql': '{{ config(enabled=false) }} select 1',
    };
    const { manifest } = parse(files);
    expect(manifest.unitTests.size).toBe(0);
    expect(manifest.disabled.get('unit_test.shop.a.t')).toMatchObject([{ config: { enabled: false } }]);
  });

  test('that has versions makes a test of each that is wanted', () => {
    const versions = 'models: [{name: v, versions: [{v: 1}, {v: 2}, {v: 3}]}]\n';
    const made = testsOf({
      'models/v_v1.sql': 'select 1',
      'models/v_v2.sql': 'select 1',
      'models/v_v3.sql': 'select 1',
      'models/u.yml': `${versions}unit_tests: [{name: t, model: v, given: [], expect: {rows: []}, versions: {exclude: [2]}}]`,
    });
    expect(made.map((one) => [one.unique_id, one.name, one.version, one.depends_on.nodes])).toEqual([
      ['unit_test.shop.v.t_v1', 't', 1, ['model.shop.v.v1']],
      ['unit_test.shop.v.t_v3', 't', 3, ['model.shop.v.v3']],
    ]);
  });

  test.each([
    ['is not there', 'model: nope, given: [], expect: {rows: []}', 'unit-test-model'],
    ['is a seed', 'model: s, given: [], expect: {rows: []}', 'unit-test-model'],
    [
      'has no versions to choose from',
      'model: a, versions: {include: [1]}, given: [], expect: {rows: []}',
      'unit-test-versions',
    ],
  ])('that %s is an error', (_, text, code) => {
    expect(codes(unitTest(text))).toEqual([code]);
  });

  test('that asks whether it is incremental is told by the test, and given what it has', () => {
    const incremental = {
      'models/a.sql':
        "{{ config(materialized='incremental') }} select 1 {% if is_incremental() %}{% endif %}",
      'seeds/s.csv': 'id\n',
    };
    const files = (text: string): Files => ({ ...unitTest(text), ...incremental });
    const overrides = 'overrides: {macros: {is_incremental: true}}';
    expect(codes(files('model: a, given: [], expect: {rows: []}'))).toEqual(['unit-test-incremental']);
    expect(codes(files(`model: a, ${overrides}, given: [], expect: {rows: []}`))).toEqual([
      'unit-test-incremental',
    ]);
    expect(
      codes(files(`model: a, ${overrides}, given: [{input: this, rows: []}], expect: {rows: []}`)),
    ).toEqual([]);
  });
});

test('two unit tests of one name on a model are an error', () => {
  const one = '{name: t, model: a, given: [], expect: {rows: []}}';
  expect(codes({ ...model, 'models/u.yml': `unit_tests: [${one}, ${one}]` })).toEqual(['duplicate-name']);
});
