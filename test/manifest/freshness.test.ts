import { expect, test } from 'vitest';
import { mistakes, parse } from './rig.ts';

const source = (text: string) => ({ 'models/s.yml': `sources: [{name: r, ${text}, tables: [{name: t}]}]` });
const modelWith = (text: string) => ({
  'models/a.sql': 'select 1',
  'models/s.yml': `models: [{name: a, config: {freshness: ${text}}}]`,
});

test.each([
  ['an unknown period', source('freshness: {warn_after: {count: 1, period: week}}')],
  ['an unknown period in config', source('config: {freshness: {warn_after: {count: 1, period: week}}}')],
  ['a count that is text', source('freshness: {warn_after: {count: "1", period: day}}')],
  ['a count that is no whole number', source('freshness: {warn_after: {count: 1.5, period: day}}')],
  ['an unknown key', source('freshness: {warn: {count: 1, period: day}}')],
  ['an unknown key of a limit', source('freshness: {warn_after: {count: 1, period: day, of: x}}')],
  ['text', source('config: {freshness: daily}')],
])('the freshness of a source with %s is refused', (_, files) => {
  expect(mistakes(files)).toMatchObject([{ code: 'property-value' }]);
});

test.each([
  ['a limit without a period', source('freshness: {warn_after: {count: 1}}')],
  ['a null', source('freshness: null')],
  ['an unknown key in config', source('config: {freshness: {warn: 1}}')],
])('the freshness of a source with %s is fine', (_, files) => {
  expect(mistakes(files)).toEqual([]);
});

test('a limit that is null at the source stays null where its tables say nothing', () => {
  const { manifest } = parse(source('freshness: {warn_after: null, error_after: {count: 1, period: day}}'));
  expect(manifest.sources.get('source.shop.r.t')!.freshness).toEqual({
    warn_after: null,
    error_after: { count: 1, period: 'day' },
    filter: null,
  });
});

test.each([
  ['a count alone', '{build_after: {count: 1}}'],
  ['a period alone', '{build_after: {period: day}}'],
  ['an unknown period', '{build_after: {count: 1, period: week}}'],
  ['an unknown updates_on', '{build_after: {count: 1, period: day, updates_on: some}}'],
])('the freshness of a model with %s is refused', (_, text) => {
  expect(mistakes(modelWith(text)).map(({ code }) => code)).toEqual(['config-value']);
});

test.each([
  ['sources', '{warn_after: {count: 1, period: week}}'],
  ['sources', '{warn_after: {count: some}}'],
  ['models', '{build_after: {count: 1, period: week}}'],
])('the freshness that the project file gives to %s is checked: %s', (section, text) => {
  const files = { 'models/a.sql': 'select 1', 'models/b.sql': 'select 1', ...source('schema: x') };
  const projectFile = `name: shop\n${section}: {+freshness: ${text}}\n`;
  const found = mistakes({ ...files, 'dbt_project.yml': projectFile });
  expect(found.map(({ code, span }) => [code, span?.file])).toEqual([['config-value', 'dbt_project.yml']]);
});

test('the freshness of a model has its known keys, its count as a number', () => {
  const { manifest } = parse(modelWith('{build_after: {count: "2", period: hour, other: 1}, other: 2}'));
  expect(manifest.nodes.get('model.shop.a')!.config['freshness']).toEqual({
    build_after: { count: 2, period: 'hour', updates_on: 'any' },
  });
});

test.each([
  ['no field', source('freshness: {warn_after: {count: 1, period: day}}'), ['loaded-at-missing']],
  ['a field', source('loaded_at_field: x, freshness: {warn_after: {count: 1, period: day}}'), []],
  ['a query', source('loaded_at_query: select 1, freshness: {warn_after: {count: 1, period: day}}'), []],
  ['no limit', source('schema: x'), []],
  [
    'no field, switched off',
    source('freshness: {warn_after: {count: 1, period: day}}, config: {enabled: false}'),
    [],
  ],
])('a source with a limit and %s is told of where its age cannot be known', (_, files, codes) => {
  expect(parse(files).manifest.warnings.map(({ code }) => code)).toEqual(codes);
});

test('an empty loaded_at_field is refused', () => {
  expect(mistakes(source('loaded_at_field: ""')).map(({ message }) => message)).toEqual([
    expect.stringContaining('loaded_at_field cannot be an empty string'),
  ]);
});
