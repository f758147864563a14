import { expect, test } from 'vitest';
import { ask } from '../../postgres.ts';
import { sluice } from '../../rig.ts';
import { printed } from '../rig.ts';
import { macroProject } from './rig.ts';

const fence = 'dbt_comment_literal_block';

/** Texts that would end a literal which is less careful. */
const awkward = [
  `it's "all" \\ here`,
  'costs $1 and $$2$$',
  '$key$ body $key$',
  `inside $${fence}$; drop table numbers; $${fence}$`,
  `ends as a label begins $${fence}`,
  `all of them $${fence}$ $${fence}_1$ $${fence}_2`,
  '%s {{ not_a_template }} -- no comment /* either',
  'ends in a dollar $',
];

test('descriptions become comments whatever they hold', async () => {
  const project = await macroProject();
  for (const text of awkward) {
    await printed(
      project,
      `{% do run_query(alter_relation_comment(ref('numbers').incorporate(type='table'), ${JSON.stringify(text)})) %}`,
    );
    const [row] = await ask('select obj_description($1::regclass)', [`${project.schema}.numbers`]);
    expect(row).toEqual([text]);
  }
  expect(await printed(project, '{{ postgres_escape_comment(1) }}')).toContain('a comment is text, not 1');
});

test('columns are found by their exact names; others are left out', async () => {
  const project = await macroProject({
    'models/told.sql': `{{ config(persist_docs={'relation': true, 'columns': true}) }} select 1 as id, 2 as "Other One", 3 as bare`,
    'models/told.yml': `models: [{name: told, description: a view, columns: [
      {name: id, description: "its $$key$$"}, {name: BARE, description: x}, {name: Other One, quote: true, description: "it's"}]}]`,
  });
  const comments = (): Promise<unknown> =>
    ask(
      `select attname, col_description(attrelid, attnum) from pg_attribute
       where attrelid = $1::regclass and attnum > 0 order by attnum`,
      [`${project.schema}.told`],
    );
  const expected = [
    ['id', 'its $$key$$'],
    ['Other One', "it's"],
    ['bare', null],
  ];
  expect(await comments()).toEqual(expected);
  expect((await sluice(project, 'run', { select: ['told'] })).statuses).toEqual({ told: 'success' });
  expect(await comments()).toEqual(expected);
});

test('materialized views are commented on as such', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `{{ alter_relation_comment(ref('numbers').incorporate(type='materialized_view'), 'a') }}`,
  );
  expect(text).toMatch(
    /^comment on materialized view \S+ is \$dbt_comment_literal_block\$a\$dbt_comment_literal_block\$;$/,
  );
});
