import { spawnSync } from 'node:child_process';

/** CPU (user and system) and wall seconds of one whole process, and its exit code. */
export function measure(program, args, { cwd, env } = {}) {
  const start = performance.now();
  const child = spawnSync(
    '/bin/sh',
    ['-c', '"$0" "$@" >/dev/null 2>&1; status=$?; times >&3; exit $status', program, ...args],
    {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    },
  );
  const times = (child.output[3] ?? '').trim().split('\n')[1] ?? '';
  const cpu = [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + minutes * 60 + +seconds,
    0,
  );
  return { status: child.status, cpu, wall: (performance.now() - start) / 1000 };
}

/** Runs the contenders in turn, so that whatever else the machine does hits all of them; medians by name. */
export function compete(contenders, rounds) {
  const runs = new Map(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) runs.get(name).push(run());
  }
  return Object.fromEntries(
    [...runs].map(([name, list]) => [
      name,
      {
        cpu: median(list.map((one) => one.cpu)),
        wall: median(list.map((one) => one.wall)),
        status: list.at(-1).status,
      },
    ]),
  );
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const seconds = (value) => `${value.toFixed(2)} s`;
