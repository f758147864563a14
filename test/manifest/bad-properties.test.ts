import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { type Files, mistakes, parse } from './rig.ts';

/** A project with one resource of every type, and a good entry for it in each section of a properties file. */
const files: Files = {
  'models/m.sql': 'select 1 as id',
  'models/spine.sql': 'select 1 as id',
  'models/spine.yml':
    'models: [{name: spine, columns: [{name: id, granularity: day}], time_spine: {standard_granularity_column: id}}]',
  'seeds/s.csv': 'id\n1\n',
  'snapshots/snap.sql':
    "{% snapshot snap %}{{ config(strategy='check', unique_key='id', check_cols='all') }} select 1 as id{% endsnapshot %}",
  'analyses/an.sql': 'select 1',
  'macros/mac.sql': '{% macro mac() %}{% endmacro %}',
  'tests/t.sql': 'select 1 where false',
  'functions/f.sql': 'select 1',
};

const sections: Readonly<Record<string, string>> = {
  models: 'name: m',
  seeds: 'name: s',
  snapshots: 'name: snap',
  sources: 'name: raw, tables: [{name: t}]',
  analyses: 'name: an',
  macros: 'name: mac',
  data_tests: 'name: t',
  exposures: 'name: e, type: dashboard, owner: {email: me@example.org}',
  groups: 'name: g, owner: {email: me@example.org}',
  unit_tests: 'name: u, model: m, given: [], expect: {rows: [{id: 1}]}',
  functions: 'name: f, returns: {data_type: int}',
  semantic_models:
    "name: sales, model: ref('m'), defaults: {agg_time_dimension: id}, entities: [{name: entry, type: primary, expr: id}], dimensions: [{name: id, type: time, type_params: {time_granularity: day}}], measures: [{name: amount, agg: sum, expr: id}]",
  metrics: 'name: total, label: x, type: simple, type_params: {measure: amount}',
  saved_queries: 'name: saved, query_params: {metrics: [total]}',
};

/** What the semantic layer refers to is there too. */
const beside: Readonly<Record<string, readonly string[]>> = {
  metrics: ['semantic_models'],
  saved_queries: ['semantic_models', 'metrics'],
};

function yamlOf(section: string, list: string): string {
  const others = (beside[section] ?? []).map((other) => `${other}: [{${sections[other]}}]`);
  return [...others, `${section}: ${list}`].join('\n');
}

function found(section: string, list: string): readonly Diagnostic[] {
  const project = { ...files, 'models/x.yml': yamlOf(section, list) };
  const errors = mistakes(project);
  return errors.length > 0
    ? errors
    : parse(project).manifest.warnings.filter(({ code }) => code === cutShort);
}
const cutShort = 'data-tests-cut-short';

/** Entries of `data_tests` that are ill-formed end their section, with a warning. */
const codeIn = (section: string, code: string) => (section === 'data_tests' ? cutShort : code);
const marked = ({ span }: Diagnostic): string => span!.text.slice(span!.start, span!.end);
const names = Object.keys(sections);

test('the entries are good', () => {
  for (const section of names)
    expect([section, found(section, `[{${sections[section]}}]`)]).toEqual([section, []]);
});

describe.each(names)('%s', (section) => {
  test.each([
    ['that are no list', '5'],
    ['that hold something else', '[5]'],
  ])('%s are refused at their place', (_, list) => {
    expect(found(section, list)).toMatchObject([
      { code: codeIn(section, 'property-type'), span: { file: 'models/x.yml' } },
    ]);
    expect(marked(found(section, list)[0]!)).toBe('5');
  });

  test('without a name are refused, and a misspelled one is guessed', () => {
    const list = `[{${sections[section]!.replace('name:', 'nam:')}}]`;
    expect(found(section, list)).toMatchObject([
      { code: codeIn(section, 'property-value'), hint: "did you mean 'name' by 'nam'?" },
    ]);
  });

  test('with a name that is no text are refused', () => {
    const list = `[{${sections[section]!.replace(/name: \w+/, 'name: [z]')}}]`;
    expect(found(section, list)).toMatchObject([{ code: codeIn(section, 'property-type') }]);
    expect(marked(found(section, list)[0]!)).toBe('[z]');
  });

  test('with a misspelled key are refused, or there is a warning, and the key is guessed', () => {
    const text = { ...files, 'models/x.yml': yamlOf(section, `[{${sections[section]}, descripton: x}]`) };
    const told = [...mistakes(text)];
    if (told.length === 0) told.push(...parse(text).manifest.warnings);
    expect(told).toMatchObject([{ hint: "did you mean 'description'?" }]);
    expect(marked(told[0]!)).toBe('descripton');
  });

  test('of one name are refused, with both places where both are known', () => {
    const entry = `{${sections[section]}}`;
    // dbt takes the last of two descriptions of a singular test.
    if (section === 'data_tests') return;
    const [first, ...others] = found(section, `[${entry}, ${entry}]`);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ severity: 'error', span: { file: 'models/x.yml' } });
    expect(first!.code).toMatch(/^(duplicate-name|duplicate-properties)$/);
  });

  test('with a template that is broken are refused where it stands', () => {
    const list = `[{${sections[section]}, config: {meta: {x: "{{ var( }}"}}}]`;
    const told = found(section, list);
    expect(told[0]).toMatchObject({ code: 'template-syntax', span: { file: 'models/x.yml' } });
  });
});

describe('values that use a name that is not there', () => {
  const told = (value: string) => {
    const properties = `models: [{name: m, ${value}}]`;
    return mistakes({ ...files, 'models/x.yml': properties }).map((one) => [one.code, marked(one)]);
  };

  test.each(['tabel_name()', "ref('spine')", 'tabel.name', "tabel['name']"])(
    'are refused instead of being empty: %s',
    (used) => {
      const text = `"x_{{ ${used} }}"`;
      const refused = [['template-undefined-error', text]];
      expect(told(`config: {alias: ${text}}`)).toEqual(refused);
      expect(told(`description: ${text}`)).toEqual(refused);
      const one = `{not_null: {config: {where: ${text}}}}`;
      expect(told(`columns: [{name: id, data_tests: [${one}]}]`)).toEqual([
        ['template-undefined-error', one],
      ]);
    },
  );

  test('print nothing where they are only printed, but are no value of a test by themselves', () => {
    const { manifest } = parse({
      ...files,
      'models/x.yml': 'models: [{name: m, meta: {x: "a{{ tabel }}"}}]',
    });
    expect(manifest.nodes.get('model.shop.m')?.config).toMatchObject({ meta: { x: 'a' } });
    const [first] = told('columns: [{name: id, data_tests: [{not_null: {where: "{{ tabel }}"}}]}]');
    expect(first).toEqual(['test-definition', '{not_null: {where: "{{ tabel }}"}}']);
  });
});

test.each(['models', 'seeds', 'macros'])(
  'docs of %s with a key or a value that it cannot have are refused',
  (section) => {
    const told = (docs: string) =>
      found(section, `[{${sections[section]}, docs: ${docs}}]`).map((one) => [one.severity, marked(one)]);
    expect(told('{show: false, node_colour: red}')).toEqual([['error', 'node_colour']]);
    expect(told('{show: 3}')).toEqual([['error', '3']]);
    expect(told('{show: false, node_color: red}')).toEqual([]);
  },
);
