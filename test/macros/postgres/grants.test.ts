import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../postgres.ts';
import { printed } from '../rig.ts';
import { macroProject } from './rig.ts';

/** Roles of the test's own; gone after it, and after the schema in which they were granted something. */
async function roles(...suffixes: readonly string[]): Promise<readonly string[]> {
  const names = suffixes.map((suffix) => `r${randomBytes(5).toString('hex')}${suffix}`);
  onTestFinished(async () => {
    for (const name of names) await ask(`drop role "${name}"`);
  });
  for (const name of names) await ask(`create role "${name}"`);
  return names;
}

const privilegesOf = async (schema: string, name: string): Promise<readonly string[]> => {
  const rows = await ask(
    `select case grantee when 0 then 'public' else pg_get_userbyid(grantee) end || ' ' || lower(privilege_type)
     from pg_class cross join lateral aclexplode(relacl)
     where oid = $1::regclass and grantee <> relowner order by 1`,
    [`${schema}.${name}`],
  );
  return rows.map(([text]) => String(text));
};

test('grants are made as configured, and those that are not configured are taken away', async () => {
  const [reader, writer] = await roles('_reader', '_writer');
  const project = await macroProject();
  const { schema } = project;
  const apply = (config: string) =>
    printed(
      project,
      `{% do apply_grants(ref('numbers'), ${config}, should_revoke=true) %}{% do adapter.commit() %}`,
    );
  expect(await apply(`{'select': ['${reader}', 'public'], 'insert': ['${writer}']}`)).toBe('');
  const first = [`${reader} select`, `${writer} insert`, 'public select'].sort();
  expect([...(await privilegesOf(schema, 'numbers'))].sort()).toEqual(first);
  expect(await apply(`{'select': ['${reader}'], 'delete': ['${reader}']}`)).toBe('');
  expect(await privilegesOf(schema, 'numbers')).toEqual([`${reader} delete`, `${reader} select`]);
});

test('grants are listed by privilege, of materialized views too, the own ones not', async () => {
  const [reader] = await roles('_reader');
  const project = await macroProject();
  const { schema } = project;
  await ask(`create materialized view ${schema}.kept as select 1 as a`);
  await ask(`grant select on ${schema}.kept, ${schema}.numbers to ${reader}`);
  await ask(`grant update on ${schema}.numbers to public`);
  const listed = (name: string) =>
    printed(
      project,
      `{{ adapter.standardize_grants_dict(run_query(get_show_grant_sql(ref('numbers').incorporate(path={'identifier': '${name}'})))) }}`,
    );
  expect(await listed('kept')).toBe(`{'SELECT': ['${reader}']}`);
  expect(await listed('numbers')).toBe(`{'UPDATE': ['PUBLIC'], 'SELECT': ['${reader}']}`);
  expect(await listed("it\\'s")).toBe('{}');
});

test('a relation that is replaced has no grants of before, so there is nothing to revoke', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    "{{ copy_grants() }} {{ should_revoke(ref('numbers'), true) }} {{ should_revoke(ref('numbers'), false) }} {{ should_revoke(none, false) }}",
  );
  expect(text).toBe('False False True False');
});

test('dictionaries of grants are compared without case, and what differs keeps its spelling', async () => {
  const project = await macroProject();
  const difference = `diff_of_two_dicts({'Select': ['A', 'b', 'C d'], 'Insert': []}, {'SELECT': ['B'], 'update': ['x']})`;
  expect(await printed(project, `{{ ${difference} }}`)).toBe("{'Select': ['A', 'C d'], 'Insert': []}");
});
