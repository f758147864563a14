import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, median, seconds } from '../processes.mjs';

export const program = fileURLToPath(new URL('../../../bin/sluice.js', import.meta.url));
const replayScript = fileURLToPath(new URL('./replay.mjs', import.meta.url));

/** One command of sluice as a process; throws where it fails. */
export function sluice(project, args, { env = {}, preload = null, binary = program } = {}) {
  const node = preload === null ? [] : ['--require', preload];
  const run = measure(process.execPath, [...node, binary, ...args], { cwd: project, env });
  if (run.status !== 0) throw new Error(`sluice ${args.join(' ')} ended with ${run.status}`);
  return run;
}

/** A recording for a replay, as a file. */
export function writeRecording(scratch, name, warehouse, recording) {
  const path = join(scratch, `${name}.json`);
  writeFileSync(path, JSON.stringify({ warehouse: warehouse.floor, recording }));
  return path;
}

/** See replay.mjs for the modes. */
export function replay(file, mode, threads = 1) {
  const env = { UV_THREADPOOL_SIZE: '16' };
  const run = measure(process.execPath, [replayScript, file, mode, String(threads)], { env });
  if (run.status !== 0) throw new Error(`a replay ended with ${run.status}`);
  return run;
}

/** Runs the contenders in turn, each on the database as it was kept; medians by name. */
export async function contest(warehouse, contenders, rounds) {
  const runs = new Map(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of inTurn(Object.entries(contenders), round)) {
      await warehouse.reset();
      runs.get(name).push(run());
    }
  }
  return Object.fromEntries(
    [...runs].map(([name, list]) => [
      name,
      { cpu: median(list.map(({ cpu }) => cpu)), wall: median(list.map(({ wall }) => wall)) },
    ]),
  );
}

/** There and back, so that nobody always comes after the same. */
const inTurn = (list, round) => (round % 2 === 0 ? list : [...list].reverse());

export function tell(results, floor) {
  for (const [name, { cpu, wall }] of Object.entries(results)) {
    const ratio = `${(wall / floor.wall).toFixed(2)} x wall, ${(cpu / floor.cpu).toFixed(2)} x CPU`;
    console.log(
      `  ${name.padEnd(34)} ${seconds(wall).padStart(9)} wall ${seconds(cpu).padStart(9)} CPU  ${results[name] === floor ? '' : ratio}`,
    );
  }
}

export function forget(project) {
  for (const name of ['target', 'logs']) rmSync(join(project, name), { recursive: true, force: true });
}
