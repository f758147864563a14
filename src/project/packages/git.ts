import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { makeFolder } from '../../core/make-folder.ts';
import type { Span } from '../../core/span.ts';
import {
  gitFailed,
  gitMissing,
  gitUrlRefused,
  revisionMissing,
  revisionRefused,
  subdirectoryMissing,
  subdirectoryRefused,
  unencryptedSource,
} from './fetch-errors.ts';
import { allowedProtocols, gitTransport, isCommit, isLoopback, isRevision } from './git-address.ts';
import type { PackageContext } from './package-context.ts';

export interface GitRequest {
  /** May hold seals. */
  readonly url: string;
  readonly revision: string | null;
  readonly subdirectory: string | null;
  readonly span: Span | null;
  /** A folder for it alone. */
  readonly workspace: string;
}

export interface GitCheckout {
  readonly commit: string;
  /** The revision is a tag, and no branch or commit. */
  readonly isTag: boolean;
  /** Absolute; the files without git's own. */
  readonly directory: string;
}

/** Fetches one commit, as shallow as it gets, with the machine's own git. Throws DiagnosticError. */
export async function checkOut(context: PackageContext, request: GitRequest): Promise<GitCheckout> {
  const { url, revision, subdirectory, workspace, span } = request;
  check(context, request);
  const tree = join(workspace, 'tree');
  makeFolder(tree);
  const git = new Git(context, url, span, workspace);
  await git.run(['init', '--quiet', '--template=', '--', 'repository']);
  const { ref, isTag } = await findRevision(git, context, request);
  await git.run([
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-tags',
    '--no-recurse-submodules',
    '--',
    'origin',
    ref,
  ]);
  const commit = (await git.run(['rev-parse', '--verify', '--end-of-options', 'FETCH_HEAD^{commit}'])).trim();
  if (revision !== null && isCommit(revision) && commit !== revision) {
    throw new DiagnosticError(revisionMissing(span, revision, context.texts.show(url)));
  }
  if (subdirectory !== null) {
    const listed = await git.run([
      'ls-tree',
      '-d',
      '--name-only',
      '--end-of-options',
      commit,
      '--',
      subdirectory,
    ]);
    if (listed.trim() === '')
      throw new DiagnosticError(subdirectoryMissing(span, subdirectory, context.texts.show(url)));
  }
  const paths = `:(top,literal)${subdirectory ?? ''}`;
  await git.run([
    `--work-tree=${tree}`,
    'checkout',
    '--quiet',
    '--force',
    commit,
    '--',
    subdirectory === null ? ':/' : paths,
  ]);
  return { commit, isTag, directory: join(tree, subdirectory ?? '') };
}

function check(context: PackageContext, { url, revision, subdirectory, span }: GitRequest): void {
  const shown = context.texts.show(url);
  const address = gitTransport(context.texts.reveal(url));
  if ('refused' in address) throw new DiagnosticError(gitUrlRefused(span, shown, address.refused));
  if (revision !== null && !isRevision(revision))
    throw new DiagnosticError(revisionRefused(span, revision, shown));
  if (subdirectory !== null && !isWithin(subdirectory)) {
    throw new DiagnosticError(subdirectoryRefused(span, subdirectory));
  }
  const open = address.transport === 'http' || address.transport === 'git';
  if (open && !isLoopback(url)) context.report(unencryptedSource(span, shown));
}

const isWithin = (path: string): boolean =>
  !/^[/\\-]|^[A-Za-z]:|\\/.test(path) && path.split('/').every((part) => part !== '..' && part !== '.git');

/** As dbt: a tag stands before a branch of the same name. */
async function findRevision(
  git: Git,
  context: PackageContext,
  { url, revision, span }: GitRequest,
): Promise<{ readonly ref: string; readonly isTag: boolean }> {
  if (revision === null || revision === 'HEAD') return { ref: 'HEAD', isTag: false };
  if (isCommit(revision)) return { ref: revision, isTag: false };
  const tag = `refs/tags/${revision}`;
  const branch = `refs/heads/${revision}`;
  const listed = await git.run(['ls-remote', '--quiet', '--', 'origin', tag, branch]);
  const refs = new Set(listed.split('\n').map((line) => line.split('\t')[1]));
  if (refs.has(tag)) return { ref: tag, isTag: true };
  if (refs.has(branch)) return { ref: branch, isTag: false };
  throw new DiagnosticError(revisionMissing(span, revision, context.texts.show(url)));
}

/** Variables that would point git to another repository, or load code of it into ours. */
const ofAnotherRepository =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|CONFIG_PARAMETERS|SHALLOW_FILE|CEILING_DIRECTORIES)$/;
const secretVariable = /^DBT_(?:ENV|ENGINE)_SECRET/;

/** Git in one repository, made for one package. */
class Git {
  readonly #context: PackageContext;
  readonly #url: string;
  readonly #span: Span | null;
  readonly #workspace: string;

  constructor(context: PackageContext, url: string, span: Span | null, workspace: string) {
    this.#context = context;
    this.#url = url;
    this.#span = span;
    this.#workspace = workspace;
  }

  /** What it printed; throws `git-failed` with what it said, `git-missing`. */
  async run(words: readonly string[]): Promise<string> {
    const inside = words[0] === 'init' ? [] : [`--git-dir=${join(this.#workspace, 'repository', '.git')}`];
    const args = [...inside, '-c', 'core.hooksPath=/dev/null', '-c', 'core.autocrlf=false', ...words];
    const { signal, texts } = this.#context;
    const child = spawn('git', args, {
      cwd: this.#workspace,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let out = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
    });
    const code = await new Promise<number | null>((done, fail) => {
      child.once('error', fail).once('close', done);
    }).catch((caught: NodeJS.ErrnoException) => {
      if (signal.aborted) throw caught;
      throw new DiagnosticError(
        gitMissing(this.#span, caught.code === 'ENOENT' ? 'it is not there' : caught.message),
      );
    });
    if (code === 0) return out;
    signal.throwIfAborted();
    throw new DiagnosticError(gitFailed(this.#span, texts.show(this.#url), texts.show(said.trim())));
  }

  /**
   * The address goes by the environment: a command line, with the token in it, is seen by every user of the machine.
   */
  #environment(): Record<string, string> {
    const { world, texts } = this.#context;
    const kept = [...world.env].filter(
      ([name]) => !ofAnotherRepository.test(name) && !secretVariable.test(name),
    );
    // Build servers hand credentials to git in this way too.
    const given = Number(world.env.get('GIT_CONFIG_COUNT') ?? 0) || 0;
    return {
      GIT_TERMINAL_PROMPT: '0',
      ...Object.fromEntries(kept),
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: allowedProtocols.join(':'),
      GIT_CONFIG_COUNT: String(given + 1),
      [`GIT_CONFIG_KEY_${given}`]: 'remote.origin.url',
      [`GIT_CONFIG_VALUE_${given}`]: texts.reveal(this.#url),
    };
  }
}
