import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The dbt to compare with: the one given, `DBT`, or the first on the PATH; null where there is none. */
export function findDbt(given) {
  const named = given ?? process.env.DBT;
  if (named !== undefined) return existsSync(named) ? named : null;
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'dbt'));
  return found.find((path) => existsSync(path)) ?? null;
}

export function runDbt(dbt, project, command, more = [], env = {}) {
  return runDbtIn(dbt, copyOf(project, 'dbt'), [command, '--no-use-colors', ...more], env);
}

export function runSluice(root, project, command, more = []) {
  return runSluiceIn(root, copyOf(project, 'sluice'), [command, ...more]);
}

export function runDbtIn(dbt, folder, args, env = {}) {
  return runIn(folder, dbt, args, { DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', ...env });
}

export function runSluiceIn(root, folder, args) {
  return runIn(folder, process.execPath, [join(root, 'bin', 'sluice.js'), ...args], {});
}

/** A copy of a project without what was built and logged, in a folder of its own. */
export function copyOf(project, name) {
  const folder = mkdtempSync(join(tmpdir(), `oracle-${name}-`));
  cpSync(project, folder, {
    recursive: true,
    filter: (path) => !/\.(duckdb|duckdb\.wal)$|\.git$/.test(path),
  });
  for (const made of ['target', 'logs']) rmSync(join(folder, made), { recursive: true, force: true });
  return folder;
}

function runIn(folder, program, args, env) {
  const start = performance.now();
  const child = spawnSync(
    '/bin/sh',
    ['-c', '"$0" "$@"; status=$?; times >&3; exit $status', program, ...args],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
    },
  );
  return {
    folder,
    status: child.status,
    output: `${child.stdout}${child.stderr}`,
    cpuSeconds: childSeconds(child.output[3] ?? ''),
    wallSeconds: (performance.now() - start) / 1000,
  };
}

/** The second line of the shell's `times`: user and system time of its children. */
function childSeconds(times) {
  const line = times.trim().split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
