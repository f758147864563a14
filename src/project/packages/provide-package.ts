import { lstat } from 'node:fs/promises';
import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import { type ContentLock, contentKey, type LockedContent, tagKey } from './content-lock.ts';
import { archiveHasLinks, downloadFailed } from './fetch-errors.ts';
import { type InstallFolder, linkOrCopy } from './install-folder.ts';
import { archiveRepacked, offlineMissing, packageChanged, tagMoved } from './lock-errors.ts';
import type { PackageCache } from './package-cache.ts';
import type { PackageContext } from './package-context.ts';
import type { Fetched, PackageStore } from './package-store.ts';
import type { PinnedPackage } from './pinned.ts';
import { packageLabel } from './spec.ts';
import { treeContent } from './tree-hash.ts';

/** A package, ready to be put in place. */
export interface Provided {
  readonly pin: PinnedPackage;
  /** What takes the place; null where the installed folder holds the very content already. */
  readonly from: string | null;
  /** Null for local packages. */
  readonly content: LockedContent | null;
  readonly linked: boolean | null;
}

export interface Provider {
  readonly context: PackageContext;
  readonly store: PackageStore;
  readonly cache: PackageCache;
  readonly folder: InstallFolder;
  readonly locked: ContentLock;
}

/**
 * Gets a package's files: as they are installed, from the cache, or from where they come from. What is locked is
 * compared with its lock. Throws DiagnosticError `package-changed`, and of fetching.
 */
export async function providePackage(provider: Provider, pin: PinnedPackage): Promise<Provided> {
  const { context, store, cache, folder } = provider;
  if (pin.kind === 'local') {
    const from = store.nextFolder();
    const how = await linkOrCopy(pin.directory, from);
    return { pin, from, content: null, linked: how === 'linked' };
  }
  const locked = provider.locked.contents.get(contentKey(pin, context.texts.scrub) ?? '') ?? null;
  const tag = pin.kind === 'git' ? (pin.tag ?? locked?.tag ?? null) : null;
  if (locked !== null) {
    const content = { ...locked, tag };
    if (await holds(folder.pathOf(pin.name), locked.tree)) return { pin, from: null, content, linked: null };
    const from = store.nextFolder();
    if (await cache.take(locked.tree, from)) return { pin, from, content, linked: null };
  }
  const label = context.texts.show(packageLabel(pin));
  if (context.offline) throw new DiagnosticError(offlineMissing(pin.span, label));
  const fetched = await fetchPin(context, store, pin);
  if (locked !== null) compare(context, label, locked, fetched);
  await cache.keep(fetched.content.sha256, fetched.directory);
  const [link] = fetched.content.links;
  if (link !== undefined) context.report(archiveHasLinks(label, link));
  const content = { archive: fetched.archive, tree: fetched.content.sha256, tag };
  return { pin, from: fetched.directory, content, linked: null };
}

function fetchPin(
  context: PackageContext,
  store: PackageStore,
  pin: Exclude<PinnedPackage, { kind: 'local' }>,
): Promise<Fetched> {
  const { span } = pin;
  const label = packageLabel(pin);
  switch (pin.kind) {
    case 'hub':
      if (pin.tarballUrl === null)
        throw new DiagnosticError(downloadFailed(span, label, 'no address is known', null));
      return store.tarball({ url: pin.tarballUrl, label, span });
    case 'git': {
      const { url, commit, subdirectory } = pin;
      return store.repository({ url, revision: commit, subdirectory, label, span });
    }
    case 'tarball':
      return store.tarball({ url: pin.url, label: context.texts.show(label), span });
  }
}

function compare(context: PackageContext, label: string, locked: LockedContent, now: Fetched): void {
  if (locked.tree !== now.content.sha256) {
    throw new DiagnosticError(packageChanged(label, 'content', locked.tree, now.content.sha256));
  }
  if (locked.archive !== null && now.archive !== null && locked.archive !== now.archive) {
    context.report(archiveRepacked(label, locked.archive, now.archive));
  }
}

/** Whether a folder, and no link to one, holds the content. */
async function holds(path: string, sha256: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() === true && (await treeContent(path)).sha256 === sha256;
}

/** Refuses pins whose tag named another commit when it was locked. */
export function checkTags(
  context: PackageContext,
  pins: readonly PinnedPackage[],
  { tags }: ContentLock,
): void {
  const found = new Diagnostics();
  for (const pin of pins) {
    if (pin.kind !== 'git' || pin.tag === null) continue;
    const commit = tags.get(tagKey(pin, pin.tag, context.texts.scrub));
    if (commit === undefined || commit === pin.commit) continue;
    found.add(tagMoved(pin.span, context.texts.show(packageLabel(pin)), pin.tag, commit, pin.commit));
  }
  found.throwIfErrors();
}
