import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/index.ts';
import { archiveOf, packageArchive } from '../project/package-archive.ts';
import { repository } from '../project/package-server.ts';
import { cli, sluice } from '../rig.ts';
import { codes, hubEntry, listing, packageTest, warned } from './deps-rig.ts';

const canary = 'tok+Secret/Canary=9471';

/** Every file below a folder that has the text in it, in any of the forms that it could be written in. */
function filesWith(directory: string, text: string): readonly string[] {
  const forms = [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
    JSON.stringify(text).slice(1, -1),
  ];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) => {
    if (!statSync(join(directory, path)).isFile()) return false;
    const content = readFileSync(join(directory, path), 'latin1');
    return forms.some((form) => content.includes(form));
  });
}

describe('what is locked', () => {
  test('an archive that changed is refused with both hashes, and what is installed stays', async () => {
    const { project, server, deps, installed } = await packageTest(hubEntry('1.0.0'));
    server.hub('acme/utils', { '1.0.0': { files: { 'macros/a.sql': 'good' } } });
    await deps();
    const before = project.read('sluice-lock.yml');
    const [archive, tree] = [...before.matchAll(/(?:archive|tree): ([0-9a-f]{64})/g)].map(
      ([, hash]) => hash!,
    );
    expect(archive).not.toBe(tree);
    server.hub('acme/utils', { '1.0.0': { files: { 'macros/a.sql': 'evil' } } });
    project.write({ cache: null, 'dbt_packages/utils/extra': 'so that it has to be fetched' });
    const ran = await deps();
    expect(ran.diagnostics.map(formatDiagnostic)).toEqual([
      expect.stringMatching(
        new RegExp(`^error\\[package-changed\\] the content of acme/utils is not what it was when it was locked
  locked: sha256 ${tree}
  now: {4}sha256 [0-9a-f]{64}
  hint: `),
      ),
    ]);
    expect(installed()).toEqual(['utils/dbt_project.yml', 'utils/extra', 'utils/macros/a.sql']);
    expect(project.read('dbt_packages/utils/macros/a.sql')).toBe('good');
    expect(project.read('sluice-lock.yml')).toBe(before);
  });

  test('an archive that was packed anew with the same content gives a warning, which --strict refuses', async () => {
    const { project, server, deps } = await packageTest('packages:\n  - {tarball: URL/x.tgz, name: far}\n');
    const entry = { path: 'a/dbt_project.yml', content: 'name: far\n' };
    server.archive('x.tgz', archiveOf([entry]));
    await deps();
    server.archive('x.tgz', archiveOf([{ ...entry, mode: 0o600 }]));
    project.write({ cache: null, dbt_packages: null });
    expect(codes(await deps({ strict: true }))).toEqual(['package-repacked']);
    expect(warned(await deps())).toEqual(['package-repacked']);
    project.write({ cache: null, dbt_packages: null });
    expect(warned(await deps())).toEqual([]);
  });

  test('a tag that names another commit is refused with both, and a branch may move', async () => {
    const git = repository();
    const first = git.commit({ 'dbt_project.yml': 'name: gitty\n' }, 'v1');
    const { project, deps } = await packageTest(`packages:\n  - {git: ${git.path}, revision: v1}\n`);
    await deps();
    const second = git.commit({ 'macros/evil.sql': '' }, 'v1');
    const { diagnostics } = await deps({ upgrade: true });
    expect(diagnostics.map(({ code, related }) => [code, ...related.map(({ message }) => message)])).toEqual([
      ['package-tag-moved', `locked: ${first}`, `now:    ${second}`],
    ]);
    expect(project.read('package-lock.yml')).toContain(first);
    expect((await deps()).outcome).toMatchObject({ packages: [{ version: first }] });
    project.write({
      'packages.yml': `packages:\n  - {git: ${git.path}, revision: main, warn-unpinned: false}\n`,
    });
    expect((await deps()).outcome).toMatchObject({ packages: [{ version: second }] });
  });

  test('a lock that is none is refused where it is broken', async () => {
    const { deps } = await packageTest('packages:\n  - {local: near}\n', {
      'near/dbt_project.yml': 'name: near\n',
      'sluice-lock.yml': 'packages:\n  - {package: a/b, version: 1.0.0, tree: nonsense}\n',
    });
    const { diagnostics } = await deps();
    expect(diagnostics.map(({ code, span }) => [code, span?.file])).toEqual([
      ['package-lock-invalid', 'sluice-lock.yml'],
    ]);
  });
});

describe('--offline', () => {
  test('what was installed before is installed again, and no connection is opened', async () => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' }, 'v1');
    const { project, server, deps, installed } = await packageTest(
      `${hubEntry('1.0.0')}  - {tarball: URL/x.tgz, name: far}\n  - {git: ${git.path}, revision: v1}\n  - {local: near}\n`,
      { 'near/dbt_project.yml': 'name: near\n' },
    );
    server.hub('acme/utils', { '1.0.0': {} });
    server.archive('x.tgz', packageArchive({ 'dbt_project.yml': 'name: far\n' }));
    await deps();
    const before = installed();
    expect(before).toHaveLength(4);
    const asked = server.requests.length;
    project.write({ dbt_packages: null });
    // Without PATH there is no git either.
    const { outcome } = await deps({ offline: true }, { PATH: '/nowhere' });
    expect(outcome).toMatchObject({ success: true, lockWritten: false });
    expect(installed()).toEqual(before);
    expect(server.requests).toHaveLength(asked);
  });

  test('what is not locked, or not there, is told, and nothing is changed', async () => {
    const { project, server, deps, installed } = await packageTest(hubEntry('1.0.0'));
    server.hub('acme/utils', { '1.0.0': {}, '1.1.0': {} });
    expect(codes(await deps({ offline: true }))).toEqual(['deps-offline']);
    await deps();
    project.write({ 'packages.yml': hubEntry('1.1.0') });
    expect(codes(await deps({ offline: true }))).toEqual(['deps-offline']);
    project.write({ 'packages.yml': hubEntry('1.0.0'), cache: null, 'dbt_packages/utils/more': 'x' });
    const { diagnostics } = await deps({ offline: true });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'the package acme/utils is neither installed as it is locked nor kept from an earlier installation',
    ]);
    expect(installed()).toEqual(['utils/dbt_project.yml', 'utils/more']);
  });

  test('a cache that somebody changed is not trusted', async () => {
    const { project, server, deps } = await packageTest(hubEntry('1.0.0'));
    server.hub('acme/utils', { '1.0.0': { files: { 'macros/a.sql': 'good' } } });
    await deps();
    const [kept] = listing(project.path('cache')).filter((path) => path.endsWith('a.sql'));
    writeFileSync(project.path(`cache/${kept}`), 'evil');
    project.write({ dbt_packages: null });
    expect(codes(await deps({ offline: true }))).toEqual(['deps-offline']);
    expect((await deps()).outcome?.success).toBe(true);
    expect(project.read('dbt_packages/utils/macros/a.sql')).toBe('good');
  });
});

describe('secrets', () => {
  test('a token in a URL reaches the server and nothing else', async () => {
    const user = encodeURIComponent(canary);
    const { project, server, env, installed } = await packageTest(
      `packages:\n  - tarball: "URLHOST/x.tgz"\n    name: far\n`,
    );
    server.archive('x.tgz', packageArchive({ 'dbt_project.yml': 'name: far\n' }));
    const url = server.url.replace('http://', "http://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@");
    project.write({ 'packages.yml': project.read('packages.yml').replace('URLHOST/', url) });
    const more = { DBT_ENV_SECRET_TOKEN: user };
    const { code, out, err } = await cli(project, ['deps', '--debug'], { ...env, ...more });
    expect(code).toBe(0);
    expect(server.authorizations.at(-1)).toBe(`Basic ${Buffer.from(`${canary}:`).toString('base64')}`);
    expect(out).toContain('Installed from tarball (url: http://*****@127.0.0.1');
    expect(installed()).toEqual(['far/dbt_project.yml']);
    for (const form of [canary, user]) {
      expect(out + err).not.toContain(form);
      expect(filesWith(project.directory, form)).toEqual([]);
    }
    expect(project.read('package-lock.yml')).toContain(
      `tarball: http://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@127.0.0.1`,
    );
  });

  test('a token that git prints as it fails is masked', async () => {
    const { project, server, env } = await packageTest(null);
    const url = server.url.replace('http://', `http://me:{{ env_var('DBT_ENV_SECRET_TOKEN') }}@`);
    project.write({ 'packages.yml': `packages:\n  - {git: "${url}git/none.git", revision: v1}\n` });
    const more = { DBT_ENV_SECRET_TOKEN: encodeURIComponent(canary), GIT_TRACE: '1', GIT_CURL_VERBOSE: '1' };
    const { code, out, err } = await cli(project, ['deps', '--debug'], { ...env, ...more });
    expect(code).toBe(2);
    expect(out).toContain('git-failed');
    for (const form of [canary, encodeURIComponent(canary)]) {
      expect(out + err).not.toContain(form);
      expect(filesWith(project.directory, form)).toEqual([]);
    }
  });

  test('a password that is written out is masked where it is shown', async () => {
    const { project, env } = await packageTest(
      'packages:\n  - {tarball: "http://me:hunter2secret@127.0.0.1:9/x.tgz", name: far}\n',
    );
    const { out } = await cli(project, ['deps', '--no-use-colors'], { ...env, SLUICE_HTTP_TIMEOUT: '1' });
    expect(out).toContain('download-failed');
    expect(out).not.toContain('hunter2secret');
  });

  test('a template cannot look into a secret', async () => {
    const { project, deps } = await packageTest(
      `packages:\n  - {local: "near{{ env_var('DBT_ENV_SECRET_X')[0] }}"}\n`,
    );
    const { diagnostics } = await deps({}, { DBT_ENV_SECRET_X: canary });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'No dbt_project.yml found at expected path near$/dbt_project.yml, for the package near$',
    ]);
    expect(filesWith(project.directory, canary)).toEqual([]);
  });

  test('a secret too short to be masked gives a warning, and leaves other text readable', async () => {
    const { deps } = await packageTest(
      `packages:\n  - {tarball: "http://{{ env_var('DBT_ENV_SECRET_A') }}@127.0.0.1:9/a.tgz", name: far}\n`,
    );
    const ran = await deps({}, { DBT_ENV_SECRET_A: 'a', SLUICE_HTTP_TIMEOUT: '1' });
    expect(warned(ran)).toEqual(['secret-too-short']);
    expect(ran.diagnostics.map(({ message }) => message)).toEqual([
      'cannot get http://*****@127.0.0.1:9/a.tgz: bad port',
    ]);
  });

  test('credentials stay with the host that they were given for', async () => {
    const { server, deps, project } = await packageTest(null);
    const other = await packageTest(null);
    other.server.archive('x.tgz', packageArchive({ 'dbt_project.yml': 'name: far\n' }));
    server.answer('moved.tgz', (_, response) =>
      response.writeHead(302, { location: `${other.server.url}x.tgz` }).end(),
    );
    const url = server.url.replace('http://', 'http://me:secret-word@');
    project.write({ 'packages.yml': `packages:\n  - {tarball: "${url}moved.tgz", name: far}\n` });
    expect((await deps()).outcome?.success).toBe(true);
    expect(server.authorizations.at(-1)).toMatch(/^Basic /);
    expect(other.server.authorizations).toEqual([null]);
  });
});

describe('what comes from elsewhere', () => {
  test.each(['../../x', '..', 'a/b', 'con', '__x', '', 'a b'])(
    'a package that calls itself %j is refused',
    async (name) => {
      const { project, server, deps } = await packageTest(hubEntry('1.0.0'));
      server.answer('api/v1/acme/utils.json', (_, response) => {
        const version = { name, packages: [], downloads: { tarball: `${server.url}x.tgz` } };
        response.end(JSON.stringify({ namespace: 'acme', name: 'utils', versions: { '1.0.0': version } }));
      });
      server.archive('x.tgz', packageArchive({ 'dbt_project.yml': 'name: x\n' }));
      const before = listing(project.directory);
      expect(codes(await deps())).toEqual(['package-name-invalid']);
      expect(listing(project.directory)).toEqual(before);
    },
  );

  test('an archive that leads out is refused, and nothing of any package is changed', async () => {
    const { project, server, deps, installed } = await packageTest(
      `${hubEntry('1.0.0')}  - {tarball: URL/evil.tgz, name: evil}\n`,
      { 'dbt_packages/old/dbt_project.yml': 'name: old\n' },
    );
    server.hub('acme/utils', { '1.0.0': {} });
    server.archive(
      'evil.tgz',
      archiveOf([
        { path: 'p/dbt_project.yml', content: '' },
        { path: 'p/../../../x', content: 'x' },
      ]),
    );
    const { diagnostics } = await deps();
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'package-archive-refused',
        expect.stringContaining("has 'p/../../../x', which may lead out of its folder"),
      ],
    ]);
    expect(installed()).toEqual(['old/dbt_project.yml']);
    expect(project.has('x')).toBe(false);
  });

  test('a link out of a repository is refused', async () => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' });
    const work = join(git.path, '..', 'clone');
    execFileSync('git', ['clone', '--quiet', git.path, work]);
    execFileSync('sh', [
      '-c',
      `cd ${work} && ln -s /etc/passwd models && git add . && git -c user.name=t -c user.email=t@e commit -qm l && git push -q`,
    ]);
    const { deps } = await packageTest(`packages:\n  - {git: ${git.path}, warn-unpinned: false}\n`);
    expect(codes(await deps())).toEqual(['link-outside']);
  });

  const touched = join(tmpdir(), `touched-${randomUUID()}`);

  test.each([
    `ext::sh -c touch% ${touched}`,
    `--upload-pack=touch ${touched}`,
    'ssh://-oProxyCommand=touch/x',
    '-oProxyCommand=x:y',
    'fd::17',
    'ftp://example.com/x',
    'org/repository',
  ])('git is not asked for %j', async (address) => {
    const { deps } = await packageTest(`packages:\n  - {git: '${address}', revision: v1}\n`);
    expect(codes(await deps())).toEqual(['package-url-refused']);
    expect(existsSync(touched)).toBe(false);
  });

  test('variables of another repository, and its hooks, do not reach git', async () => {
    const git = repository();
    git.commit({ 'dbt_project.yml': 'name: gitty\n' });
    const other = repository();
    const { project, deps, installed } = await packageTest(
      `packages:\n  - {git: ${git.path}, warn-unpinned: false}\n`,
    );
    project.write({
      'hooks/post-checkout': '#!/bin/sh\ntouch hook-ran\n',
      config: '[core]\n\thooksPath = hooks\n',
    });
    execFileSync('chmod', ['+x', project.path('hooks/post-checkout')]);
    const { outcome } = await deps(
      {},
      { GIT_DIR: other.path, GIT_WORK_TREE: project.directory, GIT_CONFIG_GLOBAL: project.path('config') },
    );
    expect(outcome?.success).toBe(true);
    expect(installed()).toEqual(['gitty/dbt_project.yml']);
    expect(listing(project.directory).filter((path) => path.endsWith('hook-ran'))).toEqual([]);
  });

  test('a connection that is not encrypted, and a fetched package that names a local folder, are told', async () => {
    const { project, server, deps } = await packageTest('packages:\n  - {tarball: URL/x.tgz, name: far}\n', {
      'near/dbt_project.yml': 'name: near\n',
    });
    const files = { 'dbt_project.yml': 'name: far\n', 'packages.yml': 'packages:\n  - {local: near}\n' };
    server.archive('x.tgz', packageArchive(files));
    expect(warned(await deps())).toEqual(['package-local-remote']);
    project.write({ 'packages.yml': 'packages:\n  - {git: "git://host.invalid/x", revision: v1}\n' });
    const ran = await deps();
    expect([warned(ran), codes(ran)]).toEqual([['package-unencrypted'], ['git-failed']]);
  });

  test('a package does not replace what is built in', async () => {
    const { project, server, deps } = await packageTest(hubEntry('1.0.0'), {
      'models/a.sql': "{{ config(materialized='table', schema='own') }} select 1 as id",
      'models/b.sql': "select * from {{ ref('a') }}",
    });
    server.hub('acme/utils', {
      '1.0.0': {
        files: {
          'macros/evil.sql': `{% macro generate_schema_name(name, node) %}evil{% endmacro %}
{% macro ref(name) %}evil{% endmacro %}
{% macro duckdb__create_table_as(temporary, relation, sql) %}create table evil as select 2{% endmacro %}`,
        },
      },
    });
    await deps();
    const { statuses } = await sluice(project, 'build');
    expect(statuses).toEqual({ a: 'success', b: 'success' });
    const manifest = project.json<{ nodes: Record<string, { relation_name: string }> }>(
      'target/manifest.json',
    );
    expect(Object.values(manifest.nodes).map(({ relation_name }) => relation_name)).toEqual([
      '"shop"."main_own"."a"',
      '"shop"."main"."b"',
    ]);
  });
});
