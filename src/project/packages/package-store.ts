import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { ArchiveBroken, archiveLimits, listArchive, unpackArchive } from './archive.ts';
import { ArchiveRefused } from './archive-paths.ts';
import { archiveRefused, linkLeavesPackage, unencryptedSource } from './fetch-errors.ts';
import { checkOut, type GitCheckout } from './git.ts';
import { isLoopback } from './git-address.ts';
import { downloadOnce, told, withRepeats } from './http.ts';
import { TransientFailure } from './http-request.ts';
import { offlineMissing } from './lock-errors.ts';
import type { PackageContext } from './package-context.ts';
import { type TreeContent, treeContent } from './tree-hash.ts';

/** A package's files, fetched into a folder of their own. */
export interface Fetched {
  readonly directory: string;
  /** sha256 of the archive; null for git. */
  readonly archive: string | null;
  readonly content: TreeContent;
}

export interface TarballRequest {
  readonly url: string;
  /** How events and errors call the package. */
  readonly label: string;
  readonly span: Span | null;
}

export type RepositoryRequest = TarballRequest & {
  readonly revision: string | null;
  readonly subdirectory: string | null;
};

const mostAtOnce = 4;

/** Fetches packages into a workspace, each once however often it is asked for. */
export class PackageStore {
  readonly #context: PackageContext;
  readonly #workspace: string;
  readonly #tarballs = new Map<string, Promise<Fetched>>();
  readonly #repositories = new Map<string, Promise<Fetched & GitCheckout>>();
  readonly #waiting: (() => void)[] = [];
  #fetching = 0;
  #count = 0;

  constructor(context: PackageContext, workspace: string) {
    this.#context = context;
    this.#workspace = workspace;
  }

  /** A folder that nobody else has; it does not exist yet. */
  nextFolder(): string {
    this.#count += 1;
    return join(this.#workspace, String(this.#count));
  }

  tarball(request: TarballRequest): Promise<Fetched> {
    const known = this.#tarballs.get(request.url) ?? this.#inTurn(request, () => this.#fetchTarball(request));
    this.#tarballs.set(request.url, known);
    return known;
  }

  async repository(request: RepositoryRequest): Promise<Fetched & GitCheckout> {
    const key = (revision: string | null) => JSON.stringify([request.url, revision, request.subdirectory]);
    const known =
      this.#repositories.get(key(request.revision)) ??
      this.#inTurn(request, () => this.#fetchRepository(request));
    this.#repositories.set(key(request.revision), known);
    const fetched = await known;
    this.#repositories.set(key(fetched.commit), known);
    return fetched;
  }

  /** Bounds how many are fetched at once, and tells their beginnings and ends. */
  async #inTurn<T>({ label, span }: TarballRequest, work: () => Promise<T>): Promise<T> {
    const { offline, signal, emit, texts } = this.#context;
    const name = texts.show(label);
    if (offline) throw new DiagnosticError(offlineMissing(span, name));
    while (this.#fetching >= mostAtOnce) await new Promise<void>((go) => this.#waiting.push(go));
    this.#fetching += 1;
    try {
      signal.throwIfAborted();
      emit({ name: 'package-fetching', package: name });
      return await work();
    } finally {
      emit({ name: 'package-fetched', package: name });
      this.#fetching -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #fetchTarball({ url, label, span }: TarballRequest): Promise<Fetched> {
    const context = this.#context;
    const shown = context.texts.show(url);
    if (/^http:/i.test(url) && !isLoopback(url)) context.report(unencryptedSource(span, shown));
    const file = `${this.nextFolder()}.tar.gz`;
    const directory = this.nextFolder();
    const onProgress = (bytes: number, totalBytes: number | null): void =>
      context.emit({ name: 'package-progress', package: context.texts.show(label), bytes, totalBytes });
    const archive = await told(context, span, url, () =>
      withRepeats(context, async () => {
        await rm(directory, { recursive: true, force: true });
        const download = { url, span, file, limitBytes: archiveLimits.archiveBytes, onProgress };
        const sha256 = await downloadOnce(context, download);
        await unpacked(file, directory, shown, span);
        return sha256;
      }),
    );
    await rm(file, { force: true });
    return { directory, archive, content: await this.#content(directory, label, span) };
  }

  async #fetchRepository(request: RepositoryRequest): Promise<Fetched & GitCheckout> {
    const workspace = this.nextFolder();
    await mkdir(workspace);
    const checkout = await checkOut(this.#context, { ...request, workspace });
    await rm(join(workspace, 'repository'), { recursive: true, force: true });
    const content = await this.#content(checkout.directory, request.label, request.span);
    return { ...checkout, archive: null, content };
  }

  async #content(directory: string, label: string, span: Span | null): Promise<TreeContent> {
    const content = await treeContent(directory);
    const [leaving] = content.leaving;
    if (leaving === undefined) return content;
    throw new DiagnosticError(linkLeavesPackage(span, this.#context.texts.show(label), leaving));
  }
}

async function unpacked(file: string, directory: string, shown: string, span: Span | null): Promise<void> {
  try {
    await unpackArchive(file, directory, await listArchive(file));
  } catch (caught) {
    if (caught instanceof ArchiveBroken) throw new TransientFailure(caught.message);
    if (!(caught instanceof ArchiveRefused)) throw caught;
    throw new DiagnosticError(archiveRefused(span, shown, caught.message));
  }
}
