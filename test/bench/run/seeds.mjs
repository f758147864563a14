import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contest, replay, sluice, tell, writeRecording } from './contest.mjs';

const types = {
  id: 'integer',
  amount: 'double precision',
  category: 'varchar',
  created_at: 'date',
  note: 'varchar',
};

/** One file of a million rows, with and without `column_types`, against COPY of the same file. */
export async function benchSeeds(warehouse, { scratch, threads, rounds, seedRows = 1_000_000 }) {
  console.log(`\n${warehouse.title}: a seed of ${seedRows} rows`);
  const project = join(scratch, `seeds-${warehouse.type}`);
  const csv = join(project, 'seeds', 'big.csv');
  mkdirSync(join(project, 'seeds'), { recursive: true });
  const outputs = { dev: warehouse.output(threads) };
  writeFileSync(join(project, 'profiles.yml'), JSON.stringify({ loads: { target: 'dev', outputs } }));
  writeFileSync(
    join(project, 'dbt_project.yml'),
    JSON.stringify({
      name: 'loads',
      profile: 'loads',
      seeds: { loads: { declared: { '+column_types': types } } },
    }),
  );
  writeFileSync(csv, rowsOf(seedRows));
  writeFileSync(join(project, 'seeds', 'declared.csv'), rowsOf(seedRows));
  const columns = Object.entries(types).map(([name, type]) => `${name} ${type}`);
  const table = warehouse.table('big');
  const copy =
    warehouse.type === 'duckdb'
      ? `copy ${table} from '${csv}' (format csv, header true)`
      : { copy: `copy ${table} from stdin (format csv, header)`, file: csv };
  const create = [
    ...(warehouse.type === 'duckdb' ? [] : ['create schema main']),
    `create table ${table} (${columns.join(', ')})`,
  ];
  const recording = [{ id: 'seed', parents: [], statements: [...create, copy] }];
  const file = writeRecording(scratch, 'seed', warehouse, recording);
  await warehouse.clear();
  await warehouse.keep();
  const results = await contest(
    warehouse,
    {
      'COPY by hand': () => replay(file, 'nodes'),
      'with column_types': () => sluice(project, ['seed', '--select', 'declared']),
      'types inferred': () => sluice(project, ['seed', '--select', 'big']),
    },
    rounds,
  );
  tell(results, results['COPY by hand']);
  rmSync(project, { recursive: true, force: true });
}

function rowsOf(count) {
  const lines = ['id,amount,category,created_at,note'];
  for (let id = 1; id <= count; id += 1) {
    const day = String(1 + (id % 28)).padStart(2, '0');
    lines.push(
      `${id},${(id % 100_000) / 100},c${id % 8},2024-0${1 + (id % 9)}-${day},note ${id % 1000} here`,
    );
  }
  return `${lines.join('\n')}\n`;
}
