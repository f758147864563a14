import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contest, replay, sluice, tell, writeRecording } from './contest.mjs';

/** A tenth of a million rows in a hundred partitions replaced, against the statements that one writes for that. */
export async function benchPartitions(warehouse, { scratch, threads, rounds, partitionRows = 1_000_000 }) {
  console.log(`\n${warehouse.title}: 10 of 100 partitions of ${partitionRows} rows replaced`);
  const project = join(scratch, `partitions-${warehouse.type}`);
  const write = (path, text) => writeFileSync(join(project, path), text);
  mkdirSync(join(project, 'models'), { recursive: true });
  const outputs = { dev: warehouse.output(threads) };
  write('profiles.yml', JSON.stringify({ parts: { target: 'dev', outputs } }));
  write('dbt_project.yml', JSON.stringify({ name: 'parts', profile: 'parts' }));
  const query = (where) =>
    `select i as id, i % 100 as part, i * 2 as amount, 'row ' || i as note
from generate_series(1, ${partitionRows}) as rows(i) ${where}`;
  const changed = 'where i % 100 < 10';
  write(
    'models/facts.sql',
    `{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='part') }}
${query(`{% if is_incremental() %}${changed}{% endif %}`)}`,
  );
  await warehouse.clear();
  sluice(project, ['run']);
  await warehouse.keep();
  const table = warehouse.table('facts');
  const statements = [
    `create temporary table new_rows as ${query(changed)}`,
    `delete from ${table} where part in (select distinct part from new_rows)`,
    `insert into ${table} select * from new_rows`,
    'drop table new_rows',
  ];
  const file = writeRecording(scratch, 'partitions', warehouse, [{ id: 'facts', parents: [], statements }]);
  const results = await contest(
    warehouse,
    { 'by hand': () => replay(file, 'nodes'), insert_overwrite: () => sluice(project, ['run']) },
    rounds,
  );
  tell(results, results['by hand']);
  rmSync(project, { recursive: true, force: true });
}
