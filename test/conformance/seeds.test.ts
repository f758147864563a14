import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldName } from '../../src/adapter/names.ts';
import { sluice } from '../rig.ts';
import { seed } from './fault-choice.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;

describe.each(warehouses)('$name', ({ project, types, facts }) => {
  test('types are inferred from every row, and a declared type wins', async () => {
    const shop = project({
      'seeds/kinds.csv': lines(
        'i,big,f,flag,day,moment,t,nothing,mixed',
        '1,3000000000,1.5,true,2026-01-31,2026-01-31 12:30:00,one,,1',
        '-2,4,2,FALSE,2026-02-28,2026-02-28 00:00:01,two,,x',
        ',,,,,,,,',
      ),
      'seeds/declared.csv': lines('code,amount,moment', '007,1.50,2026-01-31', '010,2,2026-02-01 10:00:00'),
      'seeds/header.csv': 'id,name\n',
      'seeds/seeds.yml': `seeds:
  - {name: declared, config: {column_types: {code: ${types.text}, amount: "decimal(10,3)", moment: timestamp}}}
  - {name: header, config: {column_types: {name: ${types.text}}}}`,
    });
    await succeeds(shop, 'seed');
    expect(await shop.columns('kinds')).toEqual([
      `i ${types.integer}`,
      `big ${types.bigint}`,
      `f ${types.double}`,
      `flag ${types.boolean}`,
      `day ${types.date}`,
      `moment ${types.timestamp}`,
      `t ${types.text}`,
      `nothing ${types.integer}`,
      `mixed ${types.text}`,
    ]);
    expect(await shop.rows('select * from kinds order by i')).toEqual([
      [-2, 4, 2, false, '2026-02-28', '2026-02-28 00:00:01', 'two', null, 'x'],
      [1, 3000000000, 1.5, true, '2026-01-31', '2026-01-31 12:30:00', 'one', null, '1'],
      [null, null, null, null, null, null, null, null, null],
    ]);
    expect(await shop.rows('select * from declared order by code')).toEqual([
      ['007', 1.5, '2026-01-31 00:00:00'],
      ['010', 2, '2026-02-01 10:00:00'],
    ]);
    expect(await shop.columns('header')).toEqual([`id ${types.integer}`, `name ${types.text}`]);
    expect(await shop.rows('select * from header')).toEqual([]);
  });

  test('cells arrive as they were written', async () => {
    const shop = project({
      'seeds/cells.csv': lines(
        'id,t',
        '1,"with, comma"',
        '2,"with ""quotes"""',
        '3,"two\nlines"',
        '4,grün 🌱 日本',
        '5,',
        '6,""',
        '7,null',
        '8, spaced ',
        '9,back\\slash',
        '10,\\N',
        '11,\\.',
        "12,it's {{ no_template }}",
        '13,tab\there',
      ),
    });
    await succeeds(shop, 'seed');
    expect(await shop.rows('select t from cells order by id')).toEqual(
      [
        'with, comma',
        'with "quotes"',
        'two\nlines',
        'grün 🌱 日本',
        null,
        null,
        // Where values are bound row by row, dbt reads the word as null.
        facts.seedLoading === 'values' ? null : 'null',
        ' spaced ',
        'back\\slash',
        '\\N',
        '\\.',
        "it's {{ no_template }}",
        'tab\there',
      ].map((cell) => [cell]),
    );
  });

  test('files may have other delimiters, a byte order mark, other line ends and hundreds of columns', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `c${index}`);
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\nseeds: {shop: {semicolons: {+delimiter: ";"}}}\n',
      'seeds/semicolons.csv': 'id;name\n1;x,y\n',
      'seeds/marked.csv': '\uFEFFid,name\n1,one\n',
      'seeds/windows.csv': 'id,name\r\n1,one\r\n',
      'seeds/unended.csv': 'id,name\n1,one',
      'seeds/wide.csv': lines(names.join(','), names.map((_, index) => index).join(',')),
    });
    await succeeds(shop, 'seed');
    for (const [name, text] of Object.entries({
      semicolons: 'x,y',
      marked: 'one',
      windows: 'one',
      unended: 'one',
    })) {
      expect([name, await shop.rows(`select id, name from ${name}`)]).toEqual([name, [[1, text]]]);
    }
    expect(await shop.columns('wide')).toEqual(names.map((name) => `${name} ${types.integer}`));
    expect(await shop.rows('select c0, c150, c299 from wide')).toEqual([[0, 150, 299]]);
  });

  test('column names keep their case in quotes, and are folded where the project wants none', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\nseeds: {shop: {plain: {+quote_columns: false}}}\n',
      'seeds/quoted.csv': 'Id,Order,first name,"say ""hi"""\n1,2,x,y\n',
      'seeds/plain.csv': 'Id,Name\n1,x\n',
    });
    await succeeds(shop, 'seed');
    expect(await shop.columns('quoted')).toEqual([
      `Id ${types.integer}`,
      `Order ${types.integer}`,
      `first name ${types.text}`,
      `say "hi" ${types.text}`,
    ]);
    expect(await shop.columns('plain')).toEqual([
      `${foldName(facts, 'Id')} ${types.integer}`,
      `${foldName(facts, 'Name')} ${types.text}`,
    ]);
    await succeeds(shop, 'seed');
    expect(await shop.rows('select * from plain')).toEqual([[1, 'x']]);
  });

  test('names that are not quoted may stand between blanks', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\nseeds: {shop: {+quote_columns: false}}\n',
      'seeds/spaced.csv': 'id, name ,\tnote\n1,x,y\n',
    });
    for (const _ of ['made', 'filled again']) {
      await succeeds(shop, 'seed');
      expect(await shop.rows('select id, name, note from spaced')).toEqual([[1, 'x', 'y']]);
    }
  });

  test('a header that reads like SQL is a name, and where names are not quoted it is refused', async () => {
    const header = 'a","b"); drop table kept; --';
    const csv = `id,"${header.replaceAll('"', '""')}"\n1,x\n`;
    const shop = project({ 'seeds/kept.csv': 'id\n1\n' });
    await succeeds(shop, 'seed');
    shop.write({ 'seeds/odd.csv': csv });
    await succeeds(shop, 'seed');
    expect(await shop.columns('odd')).toEqual([`id ${types.integer}`, `${header} ${types.text}`]);
    expect(await shop.rows('select * from odd')).toEqual([[1, 'x']]);
    shop.write({
      'dbt_project.yml': 'name: shop\nprofile: shop\nseeds: {shop: {odd: {+quote_columns: false}}}\n',
    });
    const { statuses } = await sluice(shop, 'seed', { fullRefresh: true });
    expect(statuses).toEqual({ kept: 'success', odd: 'error' });
    expect(await shop.rows('select * from kept, odd')).toEqual([[1, 1, 'x']]);
  });

  test('names that are one to the warehouse are told, and what stands there stays', async () => {
    const shop = project({ 'seeds/s.csv': 'id,name\n1,x\n' });
    await succeeds(shop, 'seed');
    shop.write({
      'dbt_project.yml': 'name: shop\nprofile: shop\nseeds: {shop: {+quote_columns: false}}\n',
      'seeds/s.csv': 'id,ID\n1,2\n',
    });
    const { statuses, diagnostics } = await sluice(shop, 'seed');
    expect(statuses).toEqual({ s: 'error' });
    expect(diagnostics).toMatchObject([{ message: expect.stringMatching(/\bid\b/i) }]);
    expect(await shop.rows('select id, name from s')).toEqual([[1, 'x']]);
  });

  test('types do not depend on the order of the rows', async () => {
    const rows = fc.sample(
      fc.tuple(
        fc.oneof(fc.integer().map(String), fc.constantFrom('', '3000000000', '1.5', '1e3')),
        fc.constantFrom('true', 'false', '', 'TRUE', '0'),
        fc.constantFrom('2024-01-31', '', '2024-01-31 10:00:00', 'x'),
        fc.constantFrom('2024-01-31', '2024-02-01', ''),
      ),
      { numRuns: 40, seed },
    );
    const csv = (of: readonly (readonly string[])[]): string =>
      lines('a,b,c,d', ...of.map((row) => row.join(',')));
    const shop = project({
      'seeds/as_is.csv': csv(rows),
      'seeds/turned.csv': csv(rows.toReversed()),
      'seeds/sorted.csv': csv(rows.toSorted()),
    });
    await succeeds(shop, 'seed');
    const columns = await shop.columns('as_is');
    expect(columns).toHaveLength(4);
    expect([await shop.columns('turned'), await shop.columns('sorted')]).toEqual([columns, columns]);
  });

  test('a file that changes replaces its rows and columns, and views over the seed stay', async () => {
    const shop = project({ 'seeds/raw.csv': 'id,name\n1,one\n2,two\n' });
    await succeeds(shop, 'seed');
    await shop.rows('create view over as select id from raw');
    const ids = async () => (await shop.rows('select id from over order by id')).map(([id]) => id);
    shop.write({ 'seeds/raw.csv': 'id,name\n3,three\n' });
    await succeeds(shop, 'seed');
    expect(await ids()).toEqual([3]);
    await succeeds(shop, 'seed', { fullRefresh: true });
    expect(await ids()).toEqual([3]);
    shop.write({ 'seeds/raw.csv': 'more,id\ntrue,4\n' });
    await succeeds(shop, 'seed');
    expect(await ids()).toEqual([4]);
    expect(await shop.columns('raw')).toEqual([`more ${types.boolean}`, `id ${types.integer}`]);
    expect(await shop.relations()).toEqual(['over view', 'raw table']);
  });

  test('a value that does not fit is shown where it stands in the file', async () => {
    const shop = project({
      'seeds/plain.csv': 'id,name\n1,one\nmany,two\n',
      'seeds/quoted.csv': 'name,id\n"two\nlines",1\n"it ""is""",none\n',
      'seeds/seeds.yml': `seeds:
  - {name: plain, config: {column_types: {id: integer}}}
  - {name: quoted, config: {column_types: {id: integer}}}`,
    });
    const { diagnostics } = await sluice(shop, 'seed');
    const shown = diagnostics.map(({ code, span }) => [
      code,
      span?.file,
      span?.text.slice(span.start, span.end),
    ]);
    expect(shown.sort()).toEqual([
      ['warehouse-data', 'seeds/plain.csv', 'many,two'],
      ['warehouse-data', 'seeds/quoted.csv', '"it ""is""",none'],
    ]);
  });

  test('the message says whether a full refresh was asked for, and how many rows there are', async () => {
    const shop = project({ 'seeds/raw.csv': 'id\n1\n2\n' });
    expect((await succeeds(shop, 'seed')).messages).toEqual({ raw: 'INSERT 2' });
    expect((await succeeds(shop, 'seed', { fullRefresh: true })).messages).toEqual({ raw: 'CREATE 2' });
    expect((await succeeds(shop, 'build')).messages).toEqual({ raw: 'INSERT 2' });
  });

  test('a file that cannot be read or does not fit names its line, and the old rows stay', async () => {
    const shop = project({
      'seeds/ragged.csv': 'id,name\n1,one\n',
      'seeds/misfit.csv': 'id\n1\n',
      'seeds/seeds.yml': 'seeds: [{name: misfit, config: {column_types: {id: integer}}}]',
    });
    await succeeds(shop, 'seed');
    shop.write({
      'seeds/ragged.csv': 'id,name\n2,two\n3,three,drei\n',
      'seeds/misfit.csv': 'id\n2\nmany\n',
    });
    const { statuses, diagnostics } = await sluice(shop, 'seed');
    expect(statuses).toEqual({ ragged: 'error', misfit: 'error' });
    const said = diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n');
    expect(said).toMatch(/seed-row-too-long .*\b3\b/);
    expect(said).toMatch(/many/);
    for (const name of ['ragged', 'misfit']) {
      expect([name, await shop.rows(`select id from ${name}`)]).toEqual([name, [[1]]]);
    }
    expect(await shop.relations()).toEqual(['misfit table', 'ragged table']);
  });
});
