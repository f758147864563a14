import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Files, sluice } from '../rig.ts';
import type { Rows, WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A golden project, whose recorded SQL is DuckDB's, with what other warehouses understand in its place. */
interface PortableProject {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Files whose results dbt has differ by warehouse, with the reason. */
  readonly without: Readonly<Record<string, string>>;
}

const projects: readonly PortableProject[] = [
  { name: 'weather', edits: [], without: {} },
  {
    name: 'library',
    edits: [
      { file: 'models/sources.yml', from: 'schema: base_raw', to: 'schema: "{{ target.schema }}_raw"' },
      {
        file: 'models/marts/loan_days.sql',
        from: "date_diff('day', taken, given_back)",
        to: '(given_back - taken)',
      },
      { file: 'models/marts/author_counts.sql', from: 'filter (title', to: 'filter (where title' },
      {
        file: 'dbt_project.yml',
        from: '- create or replace table {{ target.schema }}.build_log',
        to: '- drop table if exists {{ target.schema }}.build_log\n  - create table {{ target.schema }}.build_log',
      },
      {
        file: 'dbt_project.yml',
        from: 'create or replace table {{ target.schema }}.summary',
        to: 'drop table if exists {{ target.schema }}.summary; create table {{ target.schema }}.summary',
      },
    ],
    without: {},
  },
  {
    name: 'ledger',
    edits: [
      { file: 'models/entries.sql', from: 'select range as id, range * 2', to: 'select i as id, i * 2' },
      { file: 'models/entries.sql', from: 'interval (range) day', to: 'cast(i as integer)' },
      {
        file: 'models/entries.sql',
        from: "from range({{ var('start') }}, 50)",
        to: "from generate_series({{ var('start') }}, 49) as g(i)",
      },
      { file: 'models/entries.sql', from: 'where range >', to: 'where i >' },
      { file: 'models/totals.sql', from: 'distinct month(day)', to: 'distinct extract(month from day)' },
      { file: 'models/totals.sql', from: 'filter (month(day)', to: 'filter (where extract(month from day)' },
    ],
    without: { 'models/headed.sql': 'its header sets a variable, which PostgreSQL does in another way' },
  },
  {
    name: 'cellar',
    edits: [],
    without: {
      'models/types.sql': 'it prints the names of types',
      'models/all_values.sql': 'it asks for the name of a type',
      'seeds/nulls.csv': 'where rows are bound one by one, dbt reads the word null as null',
      'seeds/blank_lines.csv': 'where rows are bound one by one, dbt makes a row of a blank line',
    },
  },
];

const root = resolve(import.meta.dirname, '../..');

/** The files of the project with its edits, on the profile that tests use. */
function filesOf({ name, edits, without }: PortableProject): Files {
  const own = join(root, 'test/golden', name, 'project');
  const folder = existsSync(own) ? own : join(root, 'project-template');
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'profiles.yml')
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  for (const { file, from, to } of edits) {
    expect(files[file]).toContain(from);
    files[file] = files[file]!.replace(from, to);
  }
  for (const file of Object.keys(without)) {
    expect(files).toHaveProperty([file]);
    delete files[file];
  }
  files['dbt_project.yml'] = `${files['dbt_project.yml']!.replace(/^profile:.*$/m, '')}\nprofile: shop\n`;
  return files;
}

/** Rows of every relation, in an order of their own; floating point numbers to nine digits. */
async function contents(shop: WarehouseProject): Promise<Readonly<Record<string, Rows>>> {
  const plain = (cell: Rows[number][number]) =>
    typeof cell === 'number' ? Number(cell.toPrecision(9)) : cell;
  const found: [string, Rows][] = [];
  for (const relation of await shop.relations()) {
    const [, place, name] = /^(?:(.*)\.)?(\S+) /.exec(relation)!;
    const schema = place === undefined ? shop.schema : `${shop.schema}_${place}`;
    const rows = (await shop.rows(`select * from ${schema}.${name}`)).map((row) => row.map(plain));
    found.push([relation, rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))]);
  }
  return Object.fromEntries(found);
}

test.each(projects)(
  'the project $name has the same results and the same tables everywhere',
  async (portable) => {
    const files = filesOf(portable);
    const results = [];
    for (const { project } of warehouses) {
      const shop = project(files);
      const rounds = [];
      for (let round = 0; round < 2; round += 1) {
        const { outcome, statuses } = await sluice(shop, 'build');
        expect(outcome).not.toBeNull();
        rounds.push({ statuses, tables: await contents(shop) });
      }
      results.push(rounds);
    }
    const [first, ...others] = results;
    expect(Object.keys(first![0]!.tables).length).toBeGreaterThan(4);
    for (const other of others) expect(other).toEqual(first);
  },
);
