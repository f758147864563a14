import { join, resolve } from 'node:path';
import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import { dbtVersion } from '../../core/version.ts';
import { isImpossible, parseVersionBound, satisfiesAll } from '../versions.ts';
import {
  hubVersionMissing,
  packageFolderInvalid,
  packageRestricted,
  revisionsConflict,
  versionsConflict,
  type Wish,
} from './errors.ts';
import { gitUnpinned, localOfRemote } from './fetch-errors.ts';
import type { Hub, HubVersion } from './hub.ts';
import type { PackageContext } from './package-context.ts';
import { readPackageProject } from './package-project.ts';
import type { PackageStore } from './package-store.ts';
import type { GitPin, HubPin, LocalPin, PinnedPackage, TarballPin } from './pinned.ts';
import { readSpecs } from './read-specs.ts';
import {
  type GitSpec,
  type HubSpec,
  type LocalSpec,
  type PackageSpec,
  packageLabel,
  type TarballSpec,
} from './spec.ts';
import { chooseVersion } from './version-choice.ts';

export interface Sources {
  readonly context: PackageContext;
  readonly hub: Hub;
  readonly store: PackageStore;
}

/** A package at one version, and what it depends on in turn. */
export interface Pinned {
  readonly pin: PinnedPackage;
  readonly specs: readonly PackageSpec[];
}

/** Decides the version of a package that one or several entries want; of equal kind. Throws DiagnosticError. */
export async function pinPackage(sources: Sources, specs: readonly PackageSpec[]): Promise<Pinned> {
  const [first] = specs;
  for (const spec of specs) refuseUnlessHub(sources.context, spec);
  switch (first!.kind) {
    case 'hub':
      return pinHub(sources, specs as readonly HubSpec[]);
    case 'git':
      return pinGit(sources, specs as readonly GitSpec[]);
    case 'local':
      return pinLocal(sources, specs as readonly LocalSpec[]);
    case 'tarball':
      return pinTarball(sources, specs as readonly TarballSpec[]);
  }
}

/** Throws `restricted-package`. */
export function refuseUnlessHub({ hubOnly, texts }: PackageContext, spec: PackageSpec): void {
  if (hubOnly !== true || spec.kind === 'hub') return;
  throw new DiagnosticError(packageRestricted(texts.show(packageLabel(spec)), spec.span));
}

/** Who wants it, each once. */
export function wishesOf(context: PackageContext, specs: readonly PackageSpec[]): readonly Wish[] {
  const wishes = specs.map((spec): Wish => {
    const what = wished(spec);
    const text = context.texts.show(what === '' ? packageLabel(spec) : `${packageLabel(spec)} ${what}`);
    return { text, wantedBy: spec.wantedBy, span: spec.span };
  });
  const texts = wishes.map(({ text, wantedBy }) => `${wantedBy.join('>')}\n${text}`);
  return wishes.filter((_, index) => texts.indexOf(texts[index]!) === index);
}

function wished(spec: PackageSpec): string {
  if (spec.kind === 'hub') return spec.bounds.map(({ text }) => text).join(', ');
  return spec.kind === 'git' ? (spec.revision ?? 'at its default branch') : '';
}

async function pinHub({ context, hub }: Sources, specs: readonly HubSpec[]): Promise<Pinned> {
  const { package: name, installPrerelease, span, wantedBy } = specs[0]!;
  const wishes = wishesOf(context, specs);
  const bounds = specs.flatMap((spec) => spec.bounds);
  if (isImpossible(bounds)) throw new DiagnosticError(versionsConflict(name, wishes));
  const versions = await hub.versionsOf(name, span);
  const available = [...versions].filter(([, { requireDbtVersion }]) => fits(context, requireDbtVersion));
  const { version, latest, installable } = chooseVersion({
    available: available.map(([text]) => text),
    bounds,
    prereleases: installPrerelease,
  });
  if (version === null) {
    const hidden = versions.size - installable.length;
    throw new DiagnosticError(hubVersionMissing(name, wishes, installable, hidden));
  }
  const chosen = versions.get(version)!;
  checkFolder(chosen.name, specs[0]!, context);
  const pin: HubPin = {
    kind: 'hub',
    name: chosen.name,
    package: name,
    version,
    latest,
    tarballUrl: chosen.tarballUrl,
    span,
    wishes,
  };
  return { pin, specs: hubSpecs(chosen, `the hub's data of ${name}`, [...wantedBy, chosen.name]) };
}

/** Whether a version can be used with the dbt that we answer as; bounds that cannot be read bind nobody. */
function fits({ versionCheck }: PackageContext, required: readonly string[]): boolean {
  if (!versionCheck) return true;
  const bounds = required.flatMap((text) => parseVersionBound(text) ?? []);
  return satisfiesAll(dbtVersion, bounds);
}

function hubSpecs(
  { packages }: HubVersion,
  file: string,
  wantedBy: readonly string[],
): readonly PackageSpec[] {
  const found = new Diagnostics();
  const source = { entries: packages, unrendered: packages, file, place: null, wantedBy };
  const specs = readSpecs({ ...source, reveal: (text) => text }, found);
  found.throwIfErrors();
  return specs;
}

async function pinGit({ context, store }: Sources, specs: readonly GitSpec[]): Promise<Pinned> {
  const spec = specs[0]!;
  const { url, unrenderedUrl, subdirectory, span } = spec;
  const label = packageLabel(spec);
  const revisions = new Set(specs.flatMap(({ revision }) => revision ?? []));
  if (revisions.size > 1) {
    throw new DiagnosticError(revisionsConflict(context.texts.show(label), wishesOf(context, specs)));
  }
  const [revision = null] = revisions;
  const fetched = await store.repository({ url, revision, subdirectory, label, span });
  const branch = revision === null || revision === 'HEAD' ? null : revision;
  const unpinned = branch === null || branch === 'main' || branch === 'master';
  if (unpinned && specs.every(({ warnUnpinned }) => warnUnpinned)) {
    context.report(gitUnpinned(span, context.texts.show(url), branch));
  }
  const project = projectOf(context, spec, fetched.directory, null);
  checkFolder(project.name, spec, context);
  const pin: GitPin = {
    kind: 'git',
    name: project.name,
    url,
    unrenderedUrl,
    commit: fetched.commit,
    tag: fetched.isTag ? revision : null,
    subdirectory,
    span,
    wishes: wishesOf(context, specs),
  };
  return { pin, specs: project.specs };
}

async function pinLocal({ context }: Sources, specs: readonly LocalSpec[]): Promise<Pinned> {
  const spec = specs[0]!;
  const { path, span } = spec;
  const directory = localDirectory(context, path);
  const project = projectOf(context, spec, directory, path);
  checkFolder(project.name, spec, context);
  const pin: LocalPin = {
    kind: 'local',
    name: project.name,
    path,
    directory,
    span,
    wishes: wishesOf(context, specs),
  };
  return { pin, specs: project.specs };
}

/** A path counts from the root project, whichever package names it; `~` is the user's home. */
export function localDirectory({ directory, world }: PackageContext, path: string): string {
  return resolve(directory, path === '~' || path.startsWith('~/') ? join(world.home, path.slice(1)) : path);
}

async function pinTarball({ context, store }: Sources, specs: readonly TarballSpec[]): Promise<Pinned> {
  const spec = specs[0]!;
  const { url, unrenderedUrl, name, span } = spec;
  checkFolder(name, spec, context);
  const fetched = await store.tarball({ url, label: name, span });
  const project = projectOf(context, spec, fetched.directory, null);
  const pin: TarballPin = {
    kind: 'tarball',
    name,
    url,
    unrenderedUrl,
    span,
    wishes: wishesOf(context, specs),
  };
  return { pin, specs: project.specs };
}

function projectOf(context: PackageContext, spec: PackageSpec, directory: string, shown: string | null) {
  const project = readPackageProject(context, {
    directory,
    label: context.texts.show(packageLabel(spec)),
    span: spec.span,
    shownDirectory: shown,
    wantedBy: spec.wantedBy,
  });
  if (spec.kind === 'local') return project;
  for (const own of project.specs) {
    if (own.kind === 'local') context.report(localOfRemote(own.span, own.path, own.wantedBy));
  }
  return project;
}

const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** The name becomes a folder, on any system; and those with `__` in front are no packages to dbt. */
export function checkFolder(name: string, spec: PackageSpec, context: PackageContext): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name) && !/\.$|^__/.test(name) && !reserved.test(name)) return;
  throw new DiagnosticError(packageFolderInvalid(spec.span, name, context.texts.show(packageLabel(spec))));
}
