import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cli, start, startProgram } from '../rig.ts';
import { codes, hubEntry, listing, packageTest } from './deps-rig.ts';

const filesOf = (version: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`macros/${version}/${index}.sql`, version]));

const twoPackages = `${hubEntry('">=1.0.0"')}  - package: acme/fin\n    version: ">=1.0.0"\n`;

test('an installation that is killed leaves each package as it was or as it will be', async () => {
  const { project, server, env, deps } = await packageTest(twoPackages);
  for (const name of ['acme/utils', 'acme/fin']) server.hub(name, { '1.0.0': { files: filesOf('1.0.0') } });
  await deps();
  const whole = (name: string): string =>
    listing(project.path(`dbt_packages/${name}`))
      .join('\n')
      .replaceAll(/\/\d+\.\d+\.\d+\//g, '/V/');
  const complete = whole('utils');
  for (let kill = 1; kill <= 14; kill += 1) {
    const version = `1.0.${kill}`;
    for (const name of ['acme/utils', 'acme/fin'])
      server.hub(name, { [version]: { files: filesOf(version) } });
    const running = startProgram(project, ['deps', '--upgrade'], env);
    // From before the first request to after the last rename.
    await Promise.race([
      running.ended,
      kill % 2 === 0 ? running.saw(/Updating lock/).catch(() => {}) : sleep(0),
    ]);
    await Promise.race([running.ended, sleep(kill % 2 === 0 ? (kill - 2) * 3 : 100 + kill * 25)]);
    running.child.kill('SIGKILL');
    await running.ended;
    for (const name of ['utils', 'fin']) {
      const versions = new Set(
        listing(project.path(`dbt_packages/${name}`)).flatMap((path) =>
          path.split('/')[1]?.match(/^1\./) ? path.split('/')[1]! : [],
        ),
      );
      const aside = listing(project.path(`dbt_packages/__sluice/old/${name}`));
      if (versions.size === 0) expect(aside).toHaveLength(41);
      else expect([versions.size, whole(name)]).toEqual([1, complete]);
    }
  }
  expect((await startProgram(project, ['deps'], env).ended).code).toBe(0);
  expect([whole('utils'), whole('fin')]).toEqual([complete, complete]);
  expect(listing(project.path('dbt_packages')).some((path) => path.startsWith('__'))).toBe(false);
});

test('what an installation had taken away as it was killed is put back, also by one that fails', async () => {
  const { project, deps, installed } = await packageTest(hubEntry('1.0.0'), {
    'dbt_packages/__sluice/owner.json': JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }),
    'dbt_packages/__sluice/old/utils/dbt_project.yml': 'name: utils\n',
    'dbt_packages/__sluice/new/1/half': '',
  });
  expect(codes(await deps())).toEqual(['package-not-found']);
  expect(installed()).toEqual(['utils/dbt_project.yml']);
  expect(project.has('dbt_packages/__sluice')).toBe(false);
});

test('a second installation at once is refused', async () => {
  const { project, deps, installed } = await packageTest('packages:\n  - {local: near}\n', {
    'near/dbt_project.yml': 'name: near\n',
    'dbt_packages/__sluice/owner.json': JSON.stringify({ pid: process.ppid, host: hostname() }),
  });
  expect(codes(await deps())).toEqual(['deps-running']);
  expect(installed()).toEqual(['__sluice/owner.json']);
  project.write({ 'dbt_packages/__sluice': null });
  expect((await deps()).outcome?.success).toBe(true);
});

test('cancelling ends the download, and leaves what is installed', async () => {
  const { project, server, env, deps, installed } = await packageTest(hubEntry('1.0.0'));
  server.hub('acme/utils', { '1.0.0': {}, '2.0.0': {} });
  await deps();
  project.write({ 'packages.yml': hubEntry('2.0.0') });
  const asked = new Promise<void>((done) => {
    server.answer('tarballs/utils-2.0.0.tar.gz', (_, response) => {
      response.writeHead(200).write('the first bytes');
      done();
    });
  });
  const invocation = start(project, 'deps', { env });
  await asked;
  invocation.cancel();
  expect(await invocation).toMatchObject({ success: false, interrupted: true });
  expect(project.read('dbt_packages/utils/dbt_project.yml')).toContain('version: 1.0.0');
  expect(installed()).toEqual(['utils/dbt_project.yml']);
  expect(project.has('dbt_packages/__sluice')).toBe(false);
});

test('a server that says nothing is given up', async () => {
  const { server, project, env } = await packageTest(hubEntry('1.0.0'));
  server.hub('acme/utils', { '1.0.0': {} });
  let asked = 0;
  server.answer('tarballs/utils-1.0.0.tar.gz', (_, response) => {
    asked += 1;
    if (asked > 5) response.writeHead(404).end();
  });
  const { code, out } = await cli(project, ['deps'], { ...env, SLUICE_HTTP_TIMEOUT: '0.05' });
  expect([code, asked]).toEqual([2, 6]);
  expect(out).toContain('it is not there (404)');
});
