import { describe, expect, test } from 'vitest';
import { type Ran, sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

/** The statement that built a model, as it was sent. */
const built = ({ events }: Ran<'run'>): string =>
  events.flatMap((event) =>
    event.name === 'statement-sent' && event.uniqueId !== null && event.sql.includes('forty_two')
      ? [event.sql.trim()]
      : [],
  )[0]!;

const model = { 'models/a.sql': "{{ config(meta={'team': 'sales'}) }} select 42 as forty_two" };

/** The project file of the rig, with more behind it. */
const settings = (shop: WarehouseProject, more: string): void =>
  shop.write({ 'dbt_project.yml': `${shop.read('dbt_project.yml')}\n${more}\n` });

describe.each(warehouses)('$name', ({ project }) => {
  test('statements of a node say whose they are', async () => {
    const shop = project(model);
    const [, comment, rest] = /^\/\* (.*) \*\/\n([\s\S]*)$/.exec(built(await succeeds(shop, 'run')))!;
    expect(JSON.parse(comment!)).toMatchObject({
      app: 'dbt',
      dbt_version: expect.stringMatching(/^1\.11\./),
      target_name: expect.any(String),
      node_id: 'model.shop.a',
    });
    expect(rest).not.toContain('/*');
  });

  test('the project may say something else, behind the statement, or nothing', async () => {
    const said = async (setting: string, files = {}) => {
      const shop = project({ ...model, ...files });
      settings(shop, setting);
      return built(await succeeds(shop, 'run'));
    };
    expect(await said("query-comment: 'by {{ node.meta.team }}, {{ target.name | length > 0 }}'")).toMatch(
      /^\/\* by sales, True \*\/\n/,
    );
    const macro = `{% macro told(node) %}{% do return('of ' ~ node.unique_id) %}{% endmacro %}`;
    expect(
      await said("query-comment: {comment: '{{ told(node) }}', append: true}", { 'macros/told.sql': macro }),
    ).toMatch(/\n\/\* of model\.shop\.a \*\/;?$/);
    expect(await said("query-comment: '{% do return(node.name ~ 1) %} never'")).toMatch(/^\/\* a1 \*\/\n/);
    expect(await said("query-comment: '{% do return(none) %}'")).not.toContain('/*');
    expect(await said("query-comment: ''")).not.toContain('/*');
    expect(await said('query-comment: null')).not.toContain('/*');
  });

  test('a comment that would end itself is refused, and nothing is sent', async () => {
    const shop = project(model);
    settings(shop, "query-comment: 'done */ drop table x'");
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics.map(({ code }) => code)).toContain('query-comment-invalid');
    expect(await shop.relations()).toEqual([]);
  });

  test('an error is found in the model all the same', async () => {
    const shop = project({ 'models/a.sql': 'select 1 as id,\n  nothing as b' });
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics[0]!.span).toMatchObject({ file: 'models/a.sql' });
    expect(diagnostics[0]!.span!.text.slice(diagnostics[0]!.span!.start)).toMatch(/^nothing/);
  });
});
