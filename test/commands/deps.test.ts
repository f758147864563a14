import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/index.ts';
import { packageArchive } from '../project/package-archive.ts';
import { repository } from '../project/package-server.ts';
import { cli, sluice } from '../rig.ts';
import { codes, hubEntry, packageTest, warned } from './deps-rig.ts';

const lockedAt = (lock: string): readonly string[] =>
  [...lock.matchAll(/(?:version|revision): (.*)/g)].map(([, version]) => version!);

describe('the hub', () => {
  test('packages and what they depend on are installed, and locked as dbt locks them', async () => {
    const { project, server, deps, installed } = await packageTest(hubEntry('1.0.0', 'acme/fin'));
    server.hub('acme/utils', { '1.0.0': {}, '1.0.5': { files: { 'macros/a.sql': '' } }, '1.1.0': {} });
    server.hub('acme/fin', {
      '1.0.0': { packages: [{ package: 'acme/utils', version: ['>=1.0.0', '<1.1.0'] }] },
    });
    const { outcome, events } = await deps();
    expect(outcome).toEqual({
      success: true,
      interrupted: false,
      packages: [
        { name: 'fin', kind: 'hub', version: '1.0.0' },
        { name: 'utils', kind: 'hub', version: '1.0.5' },
      ],
      lockWritten: true,
    });
    expect(installed()).toEqual(['fin/dbt_project.yml', 'utils/dbt_project.yml', 'utils/macros/a.sql']);
    // dbt-core 1.11.16 writes the same bytes.
    expect(project.read('package-lock.yml')).toBe(`packages:
  - name: fin
    package: acme/fin
    version: 1.0.0
  - name: utils
    package: acme/utils
    version: 1.0.5
sha1_hash: ${project.read('package-lock.yml').match(/sha1_hash: ([0-9a-f]{40})/)![1]}
`);
    const told = events.filter(({ name }) => /^packages?-(?:inst|out|lock)/.test(name));
    expect(told.map(({ name }) => name)).toEqual([
      'package-lock-written',
      'package-installing',
      'package-installed',
      'package-installing',
      'package-installed',
      'packages-outdated',
    ]);
    expect((await sluice(project, 'parse')).outcome?.success).toBe(true);
  });

  test('what dbt locked is installed as dbt locked it', async () => {
    const { project, server, deps, installed } = await packageTest(
      'packages:\n- package: a/b\n  version: 1.0.0\n',
    );
    server.hub('a/b', { '1.0.0': {}, '1.0.1': {} });
    // The hash is dbt's for this packages.yml.
    const lock = `packages:
  - name: b
    package: a/b
    version: 1.0.1
sha1_hash: fbe59819b389dd3c16eebc554e4ec5b3ce2924bc
`;
    project.write({ 'package-lock.yml': lock });
    const { outcome } = await deps();
    expect(outcome).toMatchObject({ lockWritten: false, packages: [{ version: '1.0.1' }] });
    expect(project.read('dbt_packages/b/dbt_project.yml')).toContain('version: 1.0.1');
    expect(project.read('package-lock.yml')).toBe(lock);
    expect(installed()).toEqual(['b/dbt_project.yml']);
    expect((await deps({ upgrade: true })).outcome).toMatchObject({ packages: [{ version: '1.0.0' }] });
  });

  test('a changed packages.yml makes the lock anew, and an unchanged one keeps its versions', async () => {
    const { project, server, deps } = await packageTest(hubEntry('">=1.0.0"'));
    server.hub('acme/utils', { '1.0.0': {} });
    await deps();
    server.hub('acme/utils', { '1.0.0': {}, '1.1.0': {} });
    await deps();
    expect(lockedAt(project.read('package-lock.yml'))).toEqual(['1.0.0']);
    project.write({ 'packages.yml': hubEntry('">=1.0.1"') });
    await deps();
    expect(lockedAt(project.read('package-lock.yml'))).toEqual(['1.1.0']);
  });

  test('--lock writes the lock and installs nothing', async () => {
    const { project, server, deps, installed } = await packageTest(hubEntry('1.0.0'));
    server.hub('acme/utils', { '1.0.0': {} });
    expect((await deps({ lock: true })).outcome).toMatchObject({ lockWritten: true, packages: [] });
    expect(project.has('package-lock.yml')).toBe(true);
    expect(project.has('dbt_packages')).toBe(false);
    expect(installed()).toEqual([]);
  });

  test('versions that want another dbt, and pre-releases, are taken when that is asked for', async () => {
    const { project, server, deps } = await packageTest(hubEntry('">=1.0.0"'));
    server.hub('acme/utils', {
      '1.0.0': {},
      '1.1.0-rc1': {},
      '2.0.0': { requireDbtVersion: ['>=3.0.0'] },
    });
    const version = async (packages: string, versionCheck = true) => {
      project.write({ 'packages.yml': packages });
      return (await deps({ versionCheck, upgrade: true })).outcome?.packages[0]?.version;
    };
    expect(await version(hubEntry('">=1.0.0"'))).toBe('1.0.0');
    expect(await version(hubEntry('">=1.0.0"\n    install_prerelease: true'))).toBe('1.1.0-rc1');
    expect(await version(hubEntry('[">=1.0.0-a1", "<2.0.0"]'))).toBe('1.1.0-rc1');
    expect(await version(hubEntry('">=1.0.0"'), false)).toBe('2.0.0');
  });

  test('a package that moved is told by its old name', async () => {
    const { server, deps } = await packageTest(hubEntry('1.0.0', 'acme/old'));
    server.hub('acme/old', { '1.0.0': {} }, { redirectname: 'utils' });
    const { warnings } = await deps();
    expect(warnings[0]).toMatchObject({
      event: 'PackageRedirectDeprecation',
      message: 'The `acme/old` package is deprecated in favor of `acme/utils`',
    });
    expect(codes(await deps({ strict: true, upgrade: true }))).toEqual(['package-redirect']);
  });

  test('versions that exclude each other are shown with who wants them', async () => {
    const { server, deps } = await packageTest(
      `${hubEntry('1.0.0', 'acme/fin')}  - {package: acme/utils, version: 1.1.0}\n`,
    );
    server.hub('acme/utils', { '1.0.0': {}, '1.1.0': {} });
    server.hub('acme/fin', { '1.0.0': { packages: [{ package: 'acme/utils', version: '<1.1.0' }] } });
    const { diagnostics } = await deps();
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      `error[package-version-conflict] Version error for package acme/utils: no version is what all of them want
  packages.yml:4:5
  3 |     version: 1.0.0
  4 |   - {package: acme/utils, version: 1.1.0}
    |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  5 |
  shop wants acme/utils 1.1.0 packages.yml:4:5
  3 |     version: 1.0.0
  4 |   - {package: acme/utils, version: 1.1.0}
    |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  5 |
  shop > fin wants acme/utils <1.1.0`,
    ]);
  });

  test('every package that cannot be had is told at once', async () => {
    const { server, deps } = await packageTest(
      `${hubEntry('1.0.0', 'acme/utls')}  - {package: acme/utils, version: 9.0.0}\n  - {local: nowhere}\n`,
    );
    server.hub('acme/utils', { '1.0.0': {} });
    const { diagnostics } = await deps();
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
      ['package-not-found', "did you mean 'acme/utils'?"],
      ['package-version-not-found', null],
      ['package-without-project', 'a package is a project: its folder has a dbt_project.yml'],
    ]);
  });

  test('packages that need each other in a circle are refused with the circle', async () => {
    const { server, deps } = await packageTest(hubEntry('1.0.0', 'acme/a'));
    for (const [one, other] of ['ab', 'bc', 'ca']) {
      server.hub(`acme/${one}`, { '1.0.0': { packages: [{ package: `acme/${other}`, version: '1.0.0' }] } });
    }
    expect((await deps()).diagnostics.map(({ message }) => message)).toEqual([
      'the packages need each other in a circle: acme/a -> acme/b -> acme/c -> acme/a',
    ]);
  });

  test('what passes by itself is tried again, and what does not is told at once', async () => {
    const { server, deps } = await packageTest(hubEntry('1.0.0'));
    server.hub('acme/utils', { '1.0.0': {} });
    const whole = packageArchive({ 'dbt_project.yml': 'name: utils\n' });
    let tries = 0;
    server.answer('tarballs/utils-1.0.0.tar.gz', (_, response) => {
      tries += 1;
      if (tries === 1) response.writeHead(503).end();
      else if (tries === 2) response.end(whole.subarray(0, 50));
      else response.end(whole);
    });
    const { outcome, events } = await deps();
    expect(outcome?.success).toBe(true);
    expect(events.filter(({ name }) => name === 'request-repeated')).toHaveLength(2);

    server.answer('tarballs/utils-1.0.0.tar.gz', (_, response) => void response.writeHead(403).end());
    const refused = await packageTest(hubEntry('1.0.0'));
    refused.server.hub('acme/utils', { '1.0.0': {} });
    refused.server.answer('tarballs/utils-1.0.0.tar.gz', (_, response) => void response.writeHead(403).end());
    const { diagnostics } = await refused.deps();
    expect(diagnostics.map(({ code, message }) => [code, message.split(': ').at(-1)])).toEqual([
      ['download-failed', 'the server refused it (403)'],
    ]);
    expect(refused.server.requests.filter((path) => path.startsWith('tarballs'))).toHaveLength(1);
  });
});

describe('other places', () => {
  test("a git tag, a branch, a commit and a folder of a repository are installed without git's own files", async () => {
    const { project, server, deps, installed } = await packageTest(null);
    const git = repository(server.repositories);
    const first = git.commit(
      { 'dbt_project.yml': 'name: gitty\n', 'sub/dbt_project.yml': 'name: subby\n' },
      'v1',
    );
    const last = git.commit({ 'macros/new.sql': '' });
    const install = async (more: string): Promise<string | null | undefined> => {
      project.write({ 'packages.yml': `packages:\n  - git: ${server.url}git/package.git\n${more}` });
      return (await deps()).outcome?.packages[0]?.version;
    };
    expect(await install('    revision: v1\n')).toBe(first);
    expect(installed()).toEqual(['gitty/dbt_project.yml', 'gitty/sub/dbt_project.yml']);
    expect(await install('    revision: main\n    warn-unpinned: false\n')).toBe(last);
    expect(installed()).toContain('gitty/macros/new.sql');
    expect(await install(`    revision: ${first}\n`)).toBe(first);
    expect(await install('    revision: v1\n    subdirectory: sub\n')).toBe(first);
    expect(installed()).toEqual(['subby/dbt_project.yml']);
    expect(project.read('package-lock.yml')).toContain(`revision: ${first}\n    subdirectory: sub\n`);
  });

  test('a revision that may move gives a warning once, unless it is told not to', async () => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' });
    const { project, deps } = await packageTest(`packages:\n  - git: ${git.path}\n`);
    const { warnings } = await deps();
    expect(warnings.map(({ event, message }) => [event, message.includes('not pinned')])).toEqual([
      ['DepsUnpinned', true],
    ]);
    project.write({ 'packages.yml': `packages:\n  - git: file://${git.path}\n    warn-unpinned: false\n` });
    expect(warned(await deps())).toEqual([]);
  });

  test.each([
    ['revision: nope', 'package-revision-not-found'],
    ['revision: --upload-pack=touch /tmp/x', 'package-revision-invalid'],
    ['subdirectory: nope', 'package-subdirectory-not-found'],
    ['subdirectory: ../..', 'package-subdirectory-invalid'],
  ])('of a repository, %s is refused', async (line, code) => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' });
    const { deps } = await packageTest(`packages:\n  - git: ${git.path}\n    ${line}\n`);
    expect(codes(await deps())).toEqual([code]);
  });

  test('one repository at two revisions is refused, with and without .git in its name', async () => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' }, 'v1');
    const { deps } = await packageTest(
      `packages:\n  - {git: ${git.path}, revision: v1}\n  - {git: ${git.path.slice(0, -4)}, revision: v2}\n`,
    );
    expect(codes(await deps())).toEqual(['package-revision-conflict']);
  });

  test('a local package is a link, and changes with its folder', async () => {
    const { project, deps, installed } = await packageTest('packages:\n  - local: near\n', {
      'near/dbt_project.yml': 'name: nearby\n',
    });
    await deps();
    expect(installed()).toEqual(['nearby ->']);
    project.write({ 'near/macros/a.sql': '{% macro a() %}{% endmacro %}' });
    expect(project.has('dbt_packages/nearby/macros/a.sql')).toBe(true);
    expect(project.read('package-lock.yml')).toMatch(/^packages:\n {2}- local: near\n {4}name: nearby\n/);
    expect(project.has('sluice-lock.yml')).toBe(false);
  });

  test('an archive of any address is installed under the name that packages.yml gives it', async () => {
    const { project, server, deps, installed } = await packageTest(
      'packages:\n  - {tarball: URL/x.tgz, name: own-name}\n',
    );
    server.archive('x.tgz', packageArchive({ 'dbt_project.yml': 'name: other\n', 'macros/a.sql': '' }));
    expect((await deps()).outcome?.success).toBe(true);
    expect(installed()).toEqual(['own-name/dbt_project.yml', 'own-name/macros/a.sql']);
    expect((await sluice(project, 'parse')).outcome?.success).toBe(true);
  });

  test('packages of packages are installed whatever place they come from', async () => {
    const { project, server, deps, installed } = await packageTest('packages:\n  - local: near\n');
    server.hub('acme/utils', { '1.0.0': {} });
    server.archive(
      'x.tgz',
      packageArchive({
        'dbt_project.yml': 'name: far\n',
        'dependencies.yml': hubEntry('"{{ var(\'v\') }}"'),
      }),
    );
    project.write({
      'near/dbt_project.yml': 'name: near\n',
      'near/packages.yml': `packages:\n  - {tarball: "${server.url}x.tgz", name: far}\n`,
    });
    expect((await deps({ vars: { v: '1.0.0' } })).outcome?.success).toBe(true);
    expect(installed().map((path) => path.split('/')[0])).toEqual(
      expect.arrayContaining(['far', 'near ->', 'utils']),
    );
  });

  test('a mistake in the packages of a package is shown in its file', async () => {
    const { deps } = await packageTest('packages:\n  - local: near\n', {
      'near/dbt_project.yml': 'name: near\n',
      'near/packages.yml': 'packages:\n  - {package: acme/utils}\n',
    });
    const { diagnostics } = await deps();
    expect(diagnostics.map(({ code, span }) => [code, span?.file])).toEqual([
      ['package-key-missing', 'near/packages.yml'],
    ]);
  });
});

describe('packages.yml', () => {
  test('its texts are templates with the vars and variables of the command line', async () => {
    const { project, deps, server } = await packageTest(
      `packages:\n  - {local: "{{ var('where') }}"}\n  - {package: acme/utils, version: "{{ env_var('UTILS') }}"}\n`,
      { 'near/dbt_project.yml': 'name: near\n' },
    );
    server.hub('acme/utils', { '1.0.0': {} });
    await deps({ vars: { where: 'near' } }, { UTILS: '1.0.0' });
    expect(project.read('package-lock.yml')).toContain('local: near');
    expect(codes(await deps({}, { UTILS: '1.0.0' }))).toEqual(['var-missing']);
  });

  test('dependencies.yml may have the list, without templates, and its projects are passed over', async () => {
    const { deps } = await packageTest(null, {
      'dependencies.yml': 'projects: [{name: core}]\npackages:\n  - {local: "{{ x }}"}\n',
    });
    const { events, diagnostics } = await deps();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'No dbt_project.yml found at expected path {{ x }}/dbt_project.yml, for the package {{ x }}',
    ]);
    expect(events.flatMap((event) => (event.name === 'message' ? event.text : []))).toEqual([
      expect.stringContaining('names projects (core)'),
    ]);
  });

  test.each([
    ['{bogus: 1}', 'packages-entry-invalid'],
    ['{package: a/b, local: c, version: 1.0.0}', 'packages-entry-invalid'],
    ['{package: a/b, version: 1.0.0, verison: 1}', 'packages-key-unknown'],
    ['{package: a/b}', 'package-key-missing'],
    ['{package: ab, version: 1.0.0}', 'package-name-invalid'],
    ['{package: a/b, version: ">=1.0"}', 'package-version-invalid'],
    ['{package: a/b, version: 1.0}', 'package-version-invalid'],
    ['{package: a/b, version: "1.0.0", install_prerelease: 3}', 'package-key-type'],
    ['{tarball: "http://x/a.tgz"}', 'package-key-missing'],
    ['{private: org/repo}', 'package-private'],
    ['{local: 5}', 'package-key-type'],
    ['{git: "a\\nb"}', 'package-key-type'],
  ])('%s is refused where it stands', async (entry, code) => {
    const { deps } = await packageTest(`packages:\n  - ${entry}\n`);
    const { diagnostics } = await deps();
    expect(diagnostics.map((one) => [one.code, one.span?.file])).toEqual([[code, 'packages.yml']]);
  });

  test("two packages of one name, and one of the project's, are refused", async () => {
    const { deps } = await packageTest('packages:\n  - {local: a}\n  - {local: b}\n  - {local: c}\n', {
      'a/dbt_project.yml': 'name: same\n',
      'b/dbt_project.yml': 'name: same\n',
      'c/dbt_project.yml': 'name: shop\n',
    });
    expect((await deps()).diagnostics.map(({ message }) => message)).toEqual([
      'Found duplicate project "same": two packages have that name',
      'Found a dependency with the same name as the root project "shop"',
    ]);
  });

  test('without packages the folder of packages is emptied', async () => {
    const { project, deps, installed } = await packageTest('packages: []\n', { 'dbt_packages/old/x': '' });
    const { events } = await deps();
    expect(events.some(({ name }) => name === 'packages-none')).toBe(true);
    expect(installed()).toEqual([]);
    expect(project.has('package-lock.yml')).toBe(false);
  });

  test('packages-install-path is the folder, and may not hold the project', async () => {
    const { project, deps } = await packageTest('packages:\n  - {local: near}\n', {
      'dbt_project.yml': 'name: shop\nprofile: shop\npackages-install-path: lib/x\n',
      'near/dbt_project.yml': 'name: near\n',
    });
    await deps();
    expect(project.has('lib/x/near/dbt_project.yml')).toBe(true);
    for (const path of ['.', '..', 'models']) {
      project.write({
        'dbt_project.yml': `name: shop\nprofile: shop\npackages-install-path: ${path}\n`,
        'models/a.sql': 'select 1',
      });
      expect(codes(await deps())).toEqual(['packages-install-path']);
      expect(project.has('models/a.sql')).toBe(true);
    }
  });
});

describe('--add-package', () => {
  test('a package is written into packages.yml in the place of its like, and comments stay', async () => {
    const { project, server, deps } = await packageTest(
      `# ours\npackages:\n  - package: acme/utils # old\n    version: 1.0.0\n  - local: near # next door\n`,
      { 'near/dbt_project.yml': 'name: near\n' },
    );
    server.hub('acme/utils', { '1.0.0': {}, '1.4.0': {}, '2.0.0': {} });
    const { outcome } = await deps({ addPackage: 'acme/utils@>=1.0.0,<2.0.0' });
    expect(outcome?.packages).toMatchObject([{ name: 'near' }, { name: 'utils', version: '1.4.0' }]);
    expect(project.read('packages.yml')).toBe(
      '# ours\npackages:\n  - local: near # next door\n  - package: acme/utils\n    version:\n      - ">=1.0.0"\n      - <2.0.0\n',
    );
    expect((await deps()).outcome?.lockWritten).toBe(false);
  });

  test('the file is made where there is none', async () => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' }, 'v1');
    const { project, deps } = await packageTest(null);
    expect((await deps({ addPackage: `${git.path}@v1`, source: 'git' })).outcome?.success).toBe(true);
    expect(project.read('packages.yml')).toBe(`packages:\n  - git: ${git.path}\n    revision: v1\n`);
  });

  test('a package of the hub needs a version, and nothing is written without one', async () => {
    const { project, deps } = await packageTest(null);
    expect(codes(await deps({ addPackage: 'acme/utils' }))).toEqual(['package-key-missing']);
    expect(project.has('packages.yml')).toBe(false);
  });
});

test('the command line tells it as dbt does', async () => {
  const { project, server, env } = await packageTest(hubEntry('1.0.0'));
  server.hub('acme/utils', { '1.0.0': {}, '1.1.0': {} });
  const { code, out } = await cli(project, ['deps', '--log-format', 'json'], env);
  const infos = out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { info: Record<string, unknown> }).info);
  expect(code).toBe(0);
  expect(infos.map(({ name, code: of }) => `${name} ${of}`).slice(1)).toEqual([
    'DepsLockUpdating M031',
    'DepsStartPackageInstall M014',
    'DepsInstallInfo M015',
    'DepsUpdateAvailable M016',
    'Formatting Z017',
    'DepsNotifyUpdatesAvailable M019',
  ]);
  expect(infos.map(({ msg }) => msg)).toContain('Installed from version 1.0.0');
  expect((await cli(project, ['deps', '--add-package', 'acme/none@1.0.0'], env)).code).toBe(2);
});

test('what is installed as it is locked is not fetched again', async () => {
  const { server, deps, project } = await packageTest(hubEntry('1.0.0'));
  server.hub('acme/utils', { '1.0.0': { files: { 'macros/a.sql': 'a' } } });
  await deps();
  const fetched = (): number => server.requests.filter((path) => path.startsWith('tarballs')).length;
  expect(fetched()).toBe(1);
  await deps();
  expect(fetched()).toBe(1);
  // What somebody changed is put right, from the cache.
  writeFileSync(project.path('dbt_packages/utils/macros/a.sql'), 'changed');
  mkdirSync(project.path('dbt_packages/stray'));
  await deps();
  expect(fetched()).toBe(1);
  expect(readFileSync(project.path('dbt_packages/utils/macros/a.sql'), 'utf8')).toBe('a');
  expect(project.has('dbt_packages/stray')).toBe(false);
});
