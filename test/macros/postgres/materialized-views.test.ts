import { expect, test } from 'vitest';
import { printed } from '../rig.ts';
import { macroProject } from './rig.ts';

const view = `{% set r = api.Relation.create(database=target.database, schema=target.schema, identifier='kept', type='materialized_view') %}`;
const send = (sql: string) => `{% call statement('it') %}{{ ${sql} }}{% endcall %}`;
const create = `${view}${send(`get_create_sql(r, "select n, n::text as name from " ~ ref('numbers') ~ " -- all of them")`)}`;
const count = "{{ run_query('select count(*) from ' ~ r).rows[0][0] }}";
const indexes = `{% for row in run_query(get_show_indexes_sql(r)).rows | sort(attribute='column_names') %}{{ row['column_names'] }} {{ row['method'] }} {{ row['unique'] }};{% endfor %}`;

test('a materialized view is made, refreshed, renamed and dropped', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${create}${count}
    {% do run_query('insert into ' ~ ref('numbers') ~ ' values (4)') %}${count}
    ${send('refresh_materialized_view(r)')}${count}
    {% set other = r.incorporate(path={'identifier': 'Kept Too'}) %}{% do rename_relation(r, other) %}{% set r = other %}${count}
    {% do drop_relation_if_exists(r) %}{{ get_columns_in_relation(r) | length }}`,
  );
  expect(text).toBe('3 3 4 4 0');
});

test('its indexes follow the configuration without a new build', async () => {
  const project = await macroProject();
  const change = (config: string) => `
    {% set changes = get_materialized_view_configuration_changes(r, {'indexes': ${config}}) %}
    {% if changes is none %}none{% else %}{% for one in changes.indexes %}{{ one.action }} {% endfor %}
    ${send('get_alter_materialized_view_as_sql(r, changes, "", r, none, none)')}${indexes}{% endif %}`;
  const text = await printed(
    project,
    `${create}${change('[]')} |
    ${change("[{'columns': ['n'], 'unique': true}, {'columns': ['NAME', 'n'], 'type': 'btree'}]")} |
    ${change("[{'columns': ['n', 'name']}, {'columns': ['n'], 'unique': true}]")} |
    ${change("[{'columns': ['n']}, {'columns': ['name'], 'type': 'hash'}]")}`,
  );
  expect(text.replaceAll(/\s+/g, ' ')).toBe(
    'none | create create n btree True;name,n btree False; | none | drop drop create create n btree False;name hash False;',
  );
});

test('a materialized view takes the place of a table, whose name it gets', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${view}{% set old = r.incorporate(type='table') %}${send("get_create_table_as_sql(false, old, 'select 1 as a')")}
    ${send("get_replace_sql(old, r, 'select 2 as b')")}
    {{ run_query('select b from ' ~ r).rows[0][0] }}
    {{ list_relations_without_caching(r).columns['name'].values() | reject('equalto', 'numbers') | list }}`,
  );
  expect(text).toBe("2 ['kept']");
});
