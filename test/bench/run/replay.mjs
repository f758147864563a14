// The least that a run can cost: the statements of a recording through the same driver, by hand.
//   node replay.mjs RECORDING nodes|alone|script THREADS
// `nodes`: each node in a transaction of its own, parents first, on as many connections as there are threads; `alone`:
// every statement by itself; `script`: all in one transaction on one connection.
import { readFileSync } from 'node:fs';
import { openDuckDB, openPostgres } from './drivers.mjs';

const [file, mode, threads] = process.argv.slice(2);
const { recording, warehouse } = JSON.parse(readFileSync(file, 'utf8'));
const database = await (warehouse.type === 'duckdb' ? openDuckDB(warehouse) : openPostgres(warehouse));
if (mode === 'script') await script();
else await nodes(Number(threads));
await database.close();

async function script() {
  const send = await database.connect();
  await send('begin');
  for (const { statements } of recording) for (const sql of statements) await send(sql);
  await send('commit');
}

async function nodes(count) {
  const children = new Map(recording.map(({ id }) => [id, []]));
  const waits = new Map(recording.map(({ id, parents }) => [id, parents.length]));
  for (const node of recording) for (const parent of node.parents) children.get(parent).push(node);
  const ready = recording.filter(({ parents }) => parents.length === 0);
  let left = recording.length;
  let wake = [];
  const work = async () => {
    const send = await database.connect();
    while (left > 0) {
      const node = ready.shift();
      if (node === undefined) {
        await new Promise((resolve) => wake.push(resolve));
        continue;
      }
      left -= 1;
      if (mode === 'nodes') await send('begin');
      for (const sql of node.statements) await send(sql);
      if (mode === 'nodes') await send('commit');
      for (const child of children.get(node.id)) {
        waits.set(child.id, waits.get(child.id) - 1);
        if (waits.get(child.id) === 0) ready.push(child);
      }
      for (const resolve of wake) resolve();
      wake = [];
    }
  };
  await Promise.all(Array.from({ length: count }, work));
}
