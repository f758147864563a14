import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import { readDependencies } from '../dependencies.ts';
import { type ContentLock, readContentLock, writeContentLock } from './content-lock.ts';
import { hubClient } from './hub.ts';
import { type InstallFolder, openInstallFolder } from './install-folder.ts';
import { offlineUnlocked } from './lock-errors.ts';
import { lockedPins } from './locked-pins.ts';
import { packageCache } from './package-cache.ts';
import type { PackageContext } from './package-context.ts';
import { lockedSpecs, readPackageLock, writePackageLock } from './package-lock.ts';
import { dependenciesOf } from './package-project.ts';
import { PackageStore } from './package-store.ts';
import type { Sources } from './pin-package.ts';
import { type PinnedPackage, pinOrigin } from './pinned.ts';
import { checkTags, type Provided, providePackage } from './provide-package.ts';
import { resolvePackages } from './resolve-packages.ts';
import { packageLabel } from './spec.ts';
import { specHash } from './spec-hash.ts';

export interface InstallOptions {
  readonly rootName: string;
  /** Absolute; see `installDirectoryOf`. */
  readonly installDirectory: string;
  /** Write the lock and stop. */
  readonly lockOnly: boolean;
  /** Make the lock anew although the packages did not change. */
  readonly upgrade: boolean;
}

export interface InstallOutcome {
  /** In the order of the lock; empty under `lockOnly`. */
  readonly packages: readonly PinnedPackage[];
  readonly lockWritten: boolean;
}

/**
 * Brings the installed packages in line with the project's own files: makes the lock where it is missing or was made
 * for other packages, gets every package aside, and only then puts them in place. Throws DiagnosticError; the
 * installed packages are as before then, or some of them are the new ones, each whole.
 */
export async function installPackages(
  context: PackageContext,
  options: InstallOptions,
): Promise<InstallOutcome> {
  const told = tellingOnce(context);
  const found = new Diagnostics();
  const specs = dependenciesOf(told, told.directory, (path) => path, [options.rootName], found, false);
  const lock = readPackageLock(told.directory, found);
  found.throwIfErrors();
  const hash = specHash(specs, told.texts);
  const isCurrent = lock?.hash === hash && !options.upgrade;
  if (specs.length === 0) {
    told.emit({ name: 'packages-none' });
    // A lock of packages that are gone would bring them back, in dbt at least.
    if (lock !== null && !isCurrent) writePackageLock(told, [], hash);
  }
  const folder = openInstallFolder(options.installDirectory, told.world);
  try {
    const content = await readContentLock(told.directory);
    const store = new PackageStore(told, folder.workspace);
    const sources: Sources = { context: told, hub: hubClient(told), store };
    const makesLock = specs.length > 0 && !isCurrent;
    const resolved = makesLock ? await makeLock(sources, specs, hash, options, content) : [];
    if (options.lockOnly) return { packages: [], lockWritten: makesLock };
    const pins = specs.length === 0 ? [] : withTags(await pinsOfLock(sources, options.rootName), resolved);
    await install(sources, folder, content, pins);
    folder.keepEvenEmpty();
    return { packages: pins, lockWritten: makesLock };
  } finally {
    folder.close();
  }
}

/** The same warning comes up each time that a package is met. */
function tellingOnce(context: PackageContext): PackageContext {
  const told = new Set<string>();
  return {
    ...context,
    report: (diagnostic) => {
      const key = `${diagnostic.code}\n${diagnostic.message}`;
      if (told.has(key)) return;
      told.add(key);
      context.report(diagnostic);
    },
  };
}

async function makeLock(
  sources: Sources,
  specs: Parameters<typeof resolvePackages>[1],
  hash: string,
  { rootName }: InstallOptions,
  content: ContentLock,
): Promise<readonly PinnedPackage[]> {
  const { context } = sources;
  if (context.offline) {
    const file = readDependencies(context.directory, new Diagnostics()).file?.file.path ?? 'packages.yml';
    throw new DiagnosticError(offlineUnlocked(file));
  }
  const pins = await resolvePackages(sources, specs, rootName);
  checkTags(context, pins, content);
  writePackageLock(context, pins, hash);
  return pins;
}

/** dbt's lock keeps the commit of a tag, and not the tag. */
function withTags(
  pins: readonly PinnedPackage[],
  resolved: readonly PinnedPackage[],
): readonly PinnedPackage[] {
  const tags = new Map(resolved.map((pin) => [pin.name, pin.kind === 'git' ? pin.tag : null]));
  return pins.map((pin) => (pin.kind === 'git' ? { ...pin, tag: tags.get(pin.name) ?? pin.tag } : pin));
}

async function pinsOfLock(sources: Sources, rootName: string): Promise<readonly PinnedPackage[]> {
  const found = new Diagnostics();
  const lock = readPackageLock(sources.context.directory, found);
  const named = lock === null ? [] : lockedSpecs(lock, sources.context, rootName, found);
  found.throwIfErrors();
  return lockedPins(sources, named);
}

async function install(
  sources: Sources,
  folder: InstallFolder,
  locked: ContentLock,
  pins: readonly PinnedPackage[],
): Promise<void> {
  const { context, store } = sources;
  const provider = { context, store, cache: packageCache(context.world), folder, locked };
  const found = new Diagnostics();
  const results = await Promise.allSettled(pins.map((pin) => providePackage(provider, pin)));
  const provided = results.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value;
    found.collect(() => {
      throw result.reason;
    });
    return [];
  });
  found.throwIfErrors();
  context.signal.throwIfAborted();
  const contents = provided.flatMap(({ pin, content }) =>
    content === null ? [] : [[pin, content] as const],
  );
  await writeContentLock(context.directory, contents, context.texts.scrub);
  for (const one of provided) putInPlace(context, folder, one);
  folder.keepOnly(new Set(pins.map(({ name }) => name)));
  const outdated = pins.filter(
    (pin) => pin.kind === 'hub' && pin.latest !== null && pin.latest !== pin.version,
  );
  if (outdated.length > 0) context.emit({ name: 'packages-outdated', packages: outdated.map(packageLabel) });
}

function putInPlace(
  { emit, texts }: PackageContext,
  folder: InstallFolder,
  { pin, from, linked }: Provided,
): void {
  const label = texts.show(packageLabel(pin));
  emit({ name: 'package-installing', package: label });
  if (from !== null) folder.put(pin.name, from);
  const latest = pin.kind === 'hub' ? pin.latest : null;
  emit({
    name: 'package-installed',
    package: label,
    from: texts.show(pinOrigin(pin)),
    latest,
    upToDate: latest !== null && pin.kind === 'hub' && latest === pin.version,
    subdirectory: pin.kind === 'git' ? pin.subdirectory : null,
    linked,
  });
}
