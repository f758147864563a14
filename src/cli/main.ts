import { dbtVersion } from '../core/version.ts';
import type { Api } from './api.ts';
import { landingText, versionText } from './landing.ts';

/**
 * The entry of `bin/sluice.js`. The exit code says "did not finish" until the run has declared how it ended: Node
 * would end a process whose promises never settle with 0. What needs no command is answered before anything is
 * loaded.
 */
export async function main(loadApi: () => Promise<Api> = loadOwnApi): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.length === 1 && ['--version', '-v', '-V'].includes(argv[0]!)) {
    process.stdout.write(versionText(dbtVersion));
    return;
  }
  if (argv.length === 0) {
    const { existsSync } = await import('node:fs');
    process.stdout.write(landingText(existsSync('dbt_project.yml')));
    return;
  }
  if (argv[0] === '__complete') {
    const [{ complete }, { realWorld }] = await Promise.all([
      import('./completion/complete.ts'),
      import('./world.ts'),
    ]);
    process.stdout.write(await complete(argv.slice(1), realWorld()));
    return;
  }
  process.exitCode = 2;
  const [{ runCli }, { processOutside }] = await Promise.all([
    import('./run-cli.ts'),
    import('./process-outside.ts'),
  ]);
  process.exitCode = await runCli(processOutside(argv, loadApi));
}

/** Of what `parse` answers, the command line shows no more than whether it went well. */
async function loadOwnApi(): Promise<Api> {
  const api = await import('../index.ts');
  return { ...api, parse: (options) => api.parse({ ...options, verdictOnly: true }) };
}
