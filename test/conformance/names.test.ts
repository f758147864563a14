import { describe, expect, test } from 'vitest';
import { foldName, quoteIdentifier } from '../../src/adapter/names.ts';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const odd = [
  'select',
  'Mixed Case',
  'with.dot',
  'say "hi"',
  "it's",
  'größe_日本_🌱',
  '1st',
  'semi;colon',
  '--dashes',
  'per%cent',
];

const limited = warehouses.filter(({ facts }) => facts.identifierLimit !== null);

/** The longest name of those with a limit, in letters of two bytes. */
const longest = (limit: number | null): string => 'ü'.repeat(31).padEnd(31 + ((limit ?? 63) - 62), 'x');

describe.each(warehouses)('$name', ({ project, facts }) => {
  const quoted = (name: string): string => quoteIdentifier(facts, name);
  const inConfig = JSON.stringify;
  // Escapes stay as they are in what dbt's static reader takes, which is a text of plain calls alone.
  const rendered = '{% set plain = false %}';

  test('relations and columns may have any name: they are made, read, added to and made again', async () => {
    const names = [...odd, longest(facts.identifierLimit)];
    const files = names.flatMap((name, index) => [
      [
        `models/t${index}.sql`,
        `${rendered}{{ config(materialized='table', alias=${inConfig(name)}) }} select 1 as ${quoted(name)}`,
      ],
      [
        `models/v${index}.sql`,
        `${rendered}{{ config(schema='views', alias=${inConfig(name)}) }} select * from {{ ref('t${index}') }}`,
      ],
      [
        `models/i${index}.sql`,
        `${rendered}{{ config(materialized='incremental', schema='more', alias=${inConfig(name)}, unique_key=${inConfig(quoted(name))}) }} select * from {{ ref('v${index}') }}`,
      ],
    ]);
    const shop = project(Object.fromEntries(files));
    const expected = names
      .flatMap((name) => [`${name} table`, `views.${name} view`, `more.${name} table`])
      .sort();
    for (let round = 0; round < 2; round += 1) {
      await succeeds(shop, 'build');
      expect([...(await shop.relations())].sort()).toEqual(expected);
    }
    for (const name of names) {
      const column = await shop.rows(
        `select ${quoted(name)} from ${quoted(`${shop.schema}_more`)}.${quoted(name)}`,
      );
      expect([name, column]).toEqual([name, [[1]]]);
    }
  });

  test('schemas may have any name', async () => {
    const shop = project({
      'models/a.sql': "{{ config(schema='Mixed Case.dot', materialized='table') }} select 1 as id",
      'models/b.sql': `{{ config(schema='say "hi"') }} select * from {{ ref('a') }}`,
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build');
    expect(await shop.relations()).toEqual(['Mixed Case.dot.a table', 'say "hi".b view']);
  });

  test('names that are not quoted are the ones that the warehouse makes of them', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\nquoting: {identifier: false}\n',
      'models/Orders.sql': "{{ config(materialized='table') }} select 1 as id",
      'models/Grows.sql': "{{ config(materialized='incremental') }} select id from {{ ref('Orders') }}",
      'models/Seen.sql': "select id from {{ ref('Grows') }}",
      'seeds/Raw.csv': 'id\n1\n',
    });
    for (const rows of [1, 2]) {
      await succeeds(shop, 'build');
      expect([...(await shop.relations())].sort()).toEqual(
        ['Grows table', 'Orders table', 'Raw table', 'Seen view']
          .map((name) => {
            const [identifier, type] = name.split(' ');
            return `${foldName(facts, identifier!)} ${type}`;
          })
          .sort(),
      );
      expect(await shop.rows('select count(*) from seen')).toEqual([[rows]]);
    }
  });

  test('names that differ in case only are two, or a warning says that they are one', async () => {
    const shop = project({
      'models/a.sql': "{{ config(materialized='table', alias='orders') }} select 1 as id",
      'models/b.sql': "{{ config(materialized='table', alias='Orders') }} select 2 as id -- {{ ref('a') }}",
    });
    const codes = facts.caseInsensitiveNames ? ['same-relation'] : [];
    const { warnings, diagnostics } = await sluice(shop, 'build');
    expect(warnings.map(({ code }) => code)).toEqual(codes);
    expect(diagnostics).toEqual([]);
    const strict = await sluice(shop, 'build', { strict: true });
    expect(strict.diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  test('letters that are written in two ways are two names, or a warning says that they are one', async () => {
    const [one, two] = ['caf\u00e9', 'cafe\u0301'] as const;
    const shop = project({
      'models/a.sql': `{{ config(materialized='table', alias='${one}') }} select 1 as id`,
      'models/b.sql': `{{ config(materialized='table', alias='${two}') }} select id + 1 as id from {{ ref('a') }}`,
    });
    for (let runs = 1; runs <= 2; runs += 1) {
      await succeeds(shop, 'build');
      expect([...(await shop.relations())].sort()).toEqual([`${one} table`, `${two} table`].sort());
      expect(await shop.rows(`select a.id, b.id from "${one}" as a, "${two}" as b`)).toEqual([[1, 2]]);
    }
  });
});

describe.each(limited)('$name', ({ project, facts }) => {
  test('a name beyond the limit is refused by name, whatever else begins like it', async () => {
    const stem = 'x'.repeat(facts.identifierLimit! - 1);
    const shop = project({
      [`models/${stem}aa.sql`]: 'select 1 as id',
      [`models/${stem}ab.sql`]: "{{ config(materialized='table') }} select 2 as id",
      [`seeds/${stem}ac.csv`]: 'id\n3\n',
      'models/fits.sql': 'select 4 as id',
      'models/schema.yml': `models: [{name: fits, columns: [{name: id, data_tests: [{not_null: {name: ${stem}ad, config: {store_failures: true}}}]}]}]`,
    });
    const { diagnostics } = await sluice(shop, 'build');
    const said = diagnostics.map(({ code, message }) => `${code} ${message}`).sort();
    expect(said).toHaveLength(4);
    for (const [index, end] of ['aa', 'ab', 'ac', 'ad'].entries()) {
      expect(said[index]).toMatch(/^identifier-too-long/);
      expect(said.join()).toContain(`${stem}${end}`);
    }
    expect(await shop.relations()).toEqual(['fits view']);
  });
});
