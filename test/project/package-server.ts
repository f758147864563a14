import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { packageArchive } from './package-archive.ts';

export type PackageFiles = Readonly<Record<string, string>>;

/** One version on the hub; its archive has a project file of its own beside these files. */
export interface HubVersion {
  readonly files?: PackageFiles;
  readonly packages?: readonly unknown[];
  readonly requireDbtVersion?: readonly string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A package hub, archives and git repositories on the loopback interface, for one test. */
export interface PackageServer {
  /** With a slash at its end. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  /** `authorization` headers, in order, null where there was none. */
  readonly authorizations: readonly (string | null)[];
  /** `namespace/name`, and its versions. */
  hub(name: string, versions: Readonly<Record<string, HubVersion>>, more?: object): void;
  archive(path: string, bytes: Buffer): void;
  answer(path: string, answer: Answer): void;
  /** The folder that `git/` of the server serves, bare repositories. */
  readonly repositories: string;
}

export async function packageServer(): Promise<PackageServer> {
  const repositories = scratch('repositories-');
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const authorizations: (string | null)[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').slice(1).split('?')[0]!);
    requests.push(path);
    authorizations.push(request.headers.authorization ?? null);
    if (path.startsWith('git/')) return serveGit(repositories, request, response);
    const answer = answers.get(path);
    if (answer !== undefined) return answer(request, response);
    response.writeHead(404).end('<html>not here</html>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const names = new Set<string>();
  const json =
    (data: unknown): Answer =>
    (_, response) =>
      void response.end(JSON.stringify(data));
  const archive = (path: string, bytes: Buffer): void =>
    void answers.set(path, (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.end(bytes);
    });
  return {
    url,
    requests,
    authorizations,
    repositories,
    archive,
    answer: (path, answer) => void answers.set(path, answer),
    hub: (name, versions, more = {}) => {
      const [namespace, own] = name.split('/') as [string, string];
      const told = Object.entries(versions).map(
        ([version, { files, packages = [], requireDbtVersion = [] }]) => {
          const path = `tarballs/${own}-${version}.tar.gz`;
          archive(
            path,
            packageArchive({ 'dbt_project.yml': `name: ${own}\nversion: ${version}\n`, ...files }),
          );
          const downloads = { tarball: url + path, format: 'tgz', sha1: '' };
          return [
            version,
            { name: own, version, packages, require_dbt_version: requireDbtVersion, downloads },
          ];
        },
      );
      answers.set(
        `api/v1/${name}.json`,
        json({ namespace, name: own, versions: Object.fromEntries(told), ...more }),
      );
      names.add(name);
      answers.set('api/v1/index.json', json([...names]));
    },
  };
}

/** Git's own server program, which speaks CGI. */
function serveGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path, query = ''] = request.url!.split('?');
  const git = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path!.slice('/git'.length),
      QUERY_STRING: query,
      REQUEST_METHOD: request.method!,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  request.pipe(git.stdin);
  const chunks: Buffer[] = [];
  git.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  git.on('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    for (const line of all.subarray(0, end).toString('utf8').split('\r\n')) {
      const [name, value] = line.split(': ');
      if (name === 'Status') response.statusCode = Number.parseInt(value!, 10);
      else if (value !== undefined) response.setHeader(name!, value);
    }
    response.end(all.subarray(end + 4));
  });
}

/** A repository that tests write to, with a bare one beside it that is fetched from. */
export interface Repository {
  /** Of the bare one. */
  readonly path: string;
  /** Commits these files and gives the commit; `tag` is moved if it is there. */
  commit(files: PackageFiles, tag?: string): string;
}

export function repository(root = scratch('repository-'), name = 'package.git'): Repository {
  const work = scratch('work-');
  const path = join(root, name);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null' },
    }).trim();
  execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', path]);
  git('init', '--quiet', '-b', 'main');
  return {
    path,
    commit: (files, tag) => {
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(join(work, file)), { recursive: true });
        writeFileSync(join(work, file), content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', 'change');
      if (tag !== undefined) git('tag', '--force', tag);
      git('push', '--quiet', '--force', path, 'main', '--tags');
      return git('rev-parse', 'HEAD');
    },
  };
}

function scratch(prefix: string): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
