import { expect, test } from 'vitest';
import { formatLocation } from '../../src/core/frame.ts';
import { cli, sluice, testProject } from '../rig.ts';

const files = {
  'models/orders.sql': "{{ config(materialized='table', tags=['nightly'], group='finance') }} select 1 as id",
  'models/people.sql': "{{ config(meta={'owner': 'ann'}) }} select 1 as id",
  'models/shop.yml':
    'groups: [{name: finance, owner: {email: a@b.c}}]\nmodels:\n  - name: orders\n    columns: [{name: id, data_tests: [unique]}]\nsources:\n  - name: crm\n    tables: [{name: people}]\n',
};

/** What `ls` says was meant by a criterion that met nothing; null where it has no idea. */
async function meant(criterion: string): Promise<string | null> {
  const { warnings } = await sluice(testProject(files), 'list', { select: [criterion] });
  expect(warnings.map(({ event }) => event)).toEqual(['NoNodesForSelectionCriteria']);
  return /^did you mean '(.*)'\?$/.exec(warnings[0]!.hint ?? '')?.[1] ?? null;
}

test.each([
  ['ordrs', 'orders'],
  ['tag:nigtly', 'nightly'],
  ['group:finanse', 'finance'],
  ['access:pubic', 'public'],
  ['source:crn', 'crm'],
  ['test_name:uniqe', 'unique'],
  ['package:shp', 'shop'],
  ['config.materialised:table', 'config.materialized:table'],
  ['config.materialized:tabel', 'table'],
  ['nightly', 'tag:nightly'],
  ['finance', 'group:finance'],
  ['crm', 'source:crm'],
  ['quite_another_thing', null],
])('%s meets nothing: was %s meant?', async (criterion, nearest) => {
  expect(await meant(criterion)).toBe(nearest);
});

test('a status that no result has is told with the nearest', async () => {
  const project = testProject(files);
  expect((await cli(project, ['run', '-q'])).code).toBe(0);
  const { warnings } = await sluice(project, 'list', { select: ['result:sucess'], state: 'target' });
  const unmatched = warnings.find(({ event }) => event === 'NoNodesForSelectionCriteria');
  expect(unmatched?.hint).toBe("did you mean 'success'?");
});

test('mistakes in selectors.yml are told by `parse`, all of them, with their places', async () => {
  const project = testProject({
    ...files,
    'selectors.yml': `selectors:
  - name: one
    definition: tagg:nightly
  - name: two
    defnition: {}
  - name: nightly_job
    definition: {method: tag, value: nightly}
  - name: three
    definition:
      union:
        - {method: tag, value: x}
        - method: selector
          value: nightly_jb
  - name: four
    definition:
      intersection:
        - {method: tag, value: x, parents: true, parents_depth: many}
`,
  });
  for (const command of ['parse', 'list'] as const) {
    const { diagnostics } = await sluice(project, command);
    expect(
      diagnostics.map(({ code, span, hint }) => [code, span && formatLocation(span), hint]),
      command,
    ).toEqual([
      ['selector-method-unknown', 'selectors.yml:3:17', "did you mean 'tag'?"],
      ['selector-definition-invalid', 'selectors.yml:5:5', "did you mean 'definition'?"],
      ['selector-definition-invalid', 'selectors.yml:12:11', "did you mean 'nightly_job'?"],
      ['selector-definition-invalid', expect.stringMatching(/^selectors\.yml:17:/), null],
    ]);
  }
});

test('a list of objects has the keys in the order in which dbt has them, and nested keys as asked', async () => {
  const project = testProject(files);
  const lines = async (...more: string[]): Promise<Record<string, unknown>[]> => {
    const argv = ['ls', '-q', '-s', 'orders', 'source:crm', '--output', 'json', ...more];
    const { out } = await cli(project, argv);
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const [model, source] = await lines('--indirect-selection', 'empty');
  const first = ['name', 'resource_type', 'package_name', 'original_file_path', 'unique_id'];
  expect(Object.keys(model!)).toEqual([...first, 'alias', 'config', 'tags', 'depends_on']);
  expect(Object.keys(source!)).toEqual([...first, 'source_name', 'tags', 'config']);
  expect((await lines('--output-keys', 'config.group', 'name', 'nothing.such'))[0]).toEqual({
    'config.group': 'finance',
    name: 'orders',
  });
});
