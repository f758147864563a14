import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { AdapterEntry } from '../adapter/adapter.ts';
import type { Credentials } from '../adapter/facts.ts';
import { type Diagnostic, Diagnostics } from '../core/diagnostic.ts';
import type { World } from '../core/world.ts';
import { parseCliVars } from './cli-vars.ts';
import { readDataFile } from './data-file.ts';
import { installedFolders, readDependencies } from './dependencies.ts';
import { catalogsNotRead, configVersion } from './errors.ts';
import { packageNameTwice, packagesNotInstalled, packageWithoutProject } from './package-errors.ts';
import { listPackageFiles, type PackageListing, readPackageFiles } from './package-files.ts';
import { type ChosenProfile, chooseProfile } from './profiles.ts';
import type { Project, ProjectPackage, ProjectSettings } from './project.ts';
import { type ProjectFile, projectFileName, readProjectFile } from './project-file.ts';
import { projectSettings } from './project-settings.ts';
import type { RenderYamlValue } from './render-tree.ts';
import { readOptionalFile } from './text-file.ts';

/** What a template of a YAML file may see. */
export type RenderScope =
  /** `profiles.yml`, and `profile:` of the project: secrets of the environment, `var`; no target. */
  | { readonly kind: 'profile'; readonly cliVars: CliVars }
  /** A project file. A package's sees no `--vars`, as in dbt. */
  | {
      readonly kind: 'project';
      readonly cliVars: CliVars;
      readonly profileName: string;
      readonly targetName: string;
      readonly credentials: Credentials;
    };

type CliVars = Readonly<Record<string, unknown>>;

/** Texts go through it one by one; it throws DiagnosticError for a template that fails. */
export type MakeRenderer = (scope: RenderScope) => RenderYamlValue;

/** Flags of the command line; null where not given. Relative paths are resolved against the working directory. */
export interface LoadProjectOptions {
  readonly projectDirectory: string;
  readonly profilesDirectory: string | null;
  readonly profile: string | null;
  readonly target: string | null;
  readonly targetPath: string | null;
  /** `--vars`: YAML, or data where it is parsed already. */
  readonly vars: string | CliVars | null;
  readonly threads: number | null;
  /** False under `--no-version-check`; true unless given. */
  readonly versionCheck?: boolean;
  /** The files of packages that are known, by name and folder, so that nobody walks through them; null of others. */
  readonly knownListing?: (name: string, directory: string) => PackageListing | null;
  readonly world: World;
  readonly adapters: ReadonlyMap<string, AdapterEntry>;
  readonly makeRenderer: MakeRenderer;
}

/** A package whose files are known and not read yet. */
export interface ListedPackage extends Omit<ProjectPackage, 'files'> {
  readonly listing: PackageListing;
  /** The path that errors show of a path of the package. */
  readonly shownPath: (path: string) => string;
}

export interface ListedProject extends Omit<Project, 'root' | 'packages'> {
  readonly root: ListedPackage;
  readonly packages: readonly ListedPackage[];
}

/**
 * Reads a project from disk: settings, profile, installed packages, the text of every file. Throws DiagnosticError
 * with every mistake found. Templates of models are not looked at.
 */
export function loadProject(options: LoadProjectOptions): Project {
  const found = new Diagnostics();
  const listed = list(options, found);
  const project = listed === null ? null : readFiles(listed, found, () => true);
  return project === null ? stop(found) : finished(project, found);
}

/** The same without the texts of its files. Throws DiagnosticError. */
export function listProject(options: LoadProjectOptions): ListedProject {
  const found = new Diagnostics();
  const listed = list(options, found);
  return listed === null ? stop(found) : finished(listed, found);
}

/** The project with the texts of the files that are `wanted`, by the path that errors show. Throws DiagnosticError. */
export function readProject(listed: ListedProject, wanted: (shown: string) => boolean): Project {
  const found = new Diagnostics();
  const project = readFiles(listed, found, wanted);
  found.throwIfErrors();
  return project;
}

function readFiles(
  { root, packages, ...project }: ListedProject,
  found: Diagnostics,
  wanted: (shown: string) => boolean,
): Project {
  const read = ({ listing, shownPath, ...pack }: ListedPackage): ProjectPackage => ({
    ...pack,
    files: readPackageFiles(listing, found, shownPath, wanted),
  });
  return { ...project, root: read(root), packages: packages.map(read) };
}

/** Warnings are those of the settings: what is told of files comes on top. */
function finished<Result extends Pick<Project, 'warnings'>>(project: Result, found: Diagnostics): Result {
  found.throwIfErrors();
  return { ...project, warnings: found.warnings };
}

/** Null where that cannot be done, which is told. */
function list(options: LoadProjectOptions, found: Diagnostics): ListedProject | null {
  const directory = resolve(options.world.workingDirectory, options.projectDirectory);
  const cliVars = found.collect(() => varsOf(options.vars)) ?? {};
  const file = readProjectFile(directory, found);
  const profile = file === null ? null : profileOf(file, directory, cliVars, options, found);
  const loader: Loader = { directory, profile, found, options };
  const root = file === null ? null : loadPackage(loader, file, directory, cliVars, options.targetPath);
  if (root === null || profile === null) return null;
  const withFlags = { ...root, settings: { ...root.settings, flags: profile.flags ?? root.settings.flags } };
  const packages = loadPackages(loader, root);
  if (existsSync(join(directory, 'catalogs.yml'))) found.add(catalogsNotRead());
  const sluiceFile = readDataFile(directory, 'sluice.yml', found);
  const selectorsFile = found.collect(() => optionalFile(directory, 'selectors.yml')) ?? null;
  return {
    root: withFlags,
    packages,
    profileName: profile.profileName,
    targetName: profile.targetName,
    credentials: profile.credentials,
    cliVars,
    selectorsFile,
    sluiceFile,
    profilesDirectory: profile.profilesDirectory,
    targetDirectory: resolve(directory, root.settings.targetPath),
    embeddedProfile: profile.embedded,
    warnings: [],
  };
}

/**
 * The root project's settings without its profile and files, for commands that need no warehouse (`deps`, `clean`).
 * A template that asks for the target stays as it is written. Throws DiagnosticError.
 */
export function loadSettings(
  options: Pick<
    LoadProjectOptions,
    'projectDirectory' | 'targetPath' | 'vars' | 'versionCheck' | 'world' | 'makeRenderer'
  >,
): {
  readonly directory: string;
  readonly settings: ProjectSettings;
  readonly warnings: readonly Diagnostic[];
} {
  const found = new Diagnostics();
  const directory = resolve(options.world.workingDirectory, options.projectDirectory);
  const cliVars = found.collect(() => varsOf(options.vars)) ?? {};
  const file = readProjectFile(directory, found);
  if (file === null) return stop(found);
  const { targetPath, versionCheck = true } = options;
  const render = options.makeRenderer({ kind: 'profile', cliVars });
  const settings = projectSettings(file, { render, targetPath, versionCheck, keepsBroken: true });
  found.throwIfErrors();
  return { directory, settings, warnings: found.warnings };
}

function stop(found: Diagnostics): never {
  found.throwIfErrors();
  throw new Error('a project that cannot be loaded must have been told');
}

function varsOf(vars: string | CliVars | null): CliVars {
  return typeof vars === 'string' ? parseCliVars(vars) : (vars ?? {});
}

function profileOf(
  file: ProjectFile,
  projectDirectory: string,
  cliVars: CliVars,
  options: LoadProjectOptions,
  found: Diagnostics,
): ChosenProfile | null {
  const { profilesDirectory, profile, target, threads, world, adapters, makeRenderer } = options;
  const render = makeRenderer({ kind: 'profile', cliVars });
  const request = { projectDirectory, profilesDirectory, profile, target, threads, world, adapters, render };
  return found.collect(() => chooseProfile(file, request, found)) ?? null;
}

interface Loader {
  /** Of the root project. */
  readonly directory: string;
  readonly profile: ChosenProfile | null;
  readonly found: Diagnostics;
  readonly options: LoadProjectOptions;
}

/** Settings and files; null where no profile says what the templates of the settings are to see. */
function loadPackage(
  loader: Loader,
  file: ProjectFile,
  directory: string,
  cliVars: CliVars,
  targetPath: string | null,
): ListedPackage | null {
  const { profile, found, options } = loader;
  const render = settingsRenderer(file, profile, cliVars, options.makeRenderer);
  if (render === null) return null;
  const settings = projectSettings(file, { render, targetPath, versionCheck: options.versionCheck ?? true });
  const shownPath = shownIn(loader.directory, directory);
  const listing =
    options.knownListing?.(settings.name, directory) ??
    listPackageFiles(directory, settings, found, shownPath);
  checkFormat(file, listing);
  return { name: settings.name, directory, settings, settingsFile: file.source, listing, shownPath };
}

/** dbt reads nodes in the second format only; a package of nothing but macros may say what it likes. */
function checkFormat(file: ProjectFile, { files }: PackageListing): void {
  const version = file.data['config-version'];
  if (version === undefined || version === null || version === 2) return;
  const { macros, genericTests, docs, fixtures, ...ofNodes } = files;
  if (!Object.values(ofNodes).some((list) => list.length > 0)) return;
  file.found.add(configVersion(file.valueSpan('config-version'), version));
}

/** Without a profile a file without templates can be checked all the same. */
function settingsRenderer(
  file: ProjectFile,
  profile: ChosenProfile | null,
  cliVars: CliVars,
  makeRenderer: MakeRenderer,
): RenderYamlValue | null {
  if (profile === null) return /\{[{%#]/.test(file.source.text) ? null : (text) => text;
  const { profileName, targetName, credentials } = profile;
  return makeRenderer({ kind: 'project', cliVars, profileName, targetName, credentials });
}

/** Every installed package, by name. */
function loadPackages(loader: Loader, root: ListedPackage): readonly ListedPackage[] {
  const { directory, found } = loader;
  const { packagesInstallPath } = root.settings;
  const wanted = readDependencies(directory, found);
  const folders = installedFolders(resolve(directory, packagesInstallPath));
  if (wanted.file !== null && wanted.packages.length > folders.length) {
    const { path } = wanted.file.file;
    found.add(packagesNotInstalled(wanted.packages.length, path, folders.length, packagesInstallPath));
    return [];
  }
  const taken = new Map([[root.name, directory], ...ownPackages(loader)]);
  const packages: ListedPackage[] = [];
  for (const folder of folders) {
    const loaded = loadInstalled(loader, folder);
    if (loaded === null) continue;
    const other = taken.get(loaded.name);
    if (other !== undefined) found.add(packageNameTwice(loaded.name, folder, other));
    taken.set(loaded.name, folder);
    packages.push(loaded);
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of our macro packages, which templates see beside the installed ones. */
function ownPackages({ profile, options }: Loader): [string, string][] {
  const facts = options.adapters.get(profile?.credentials.type ?? '')?.facts;
  return ['dbt', ...(facts === undefined ? [] : [facts.macroPackage])].map((name) => [
    name,
    'the built-in macros',
  ]);
}

function loadInstalled(loader: Loader, folder: string): ListedPackage | null {
  const { directory, found } = loader;
  if (!existsSync(join(folder, projectFileName))) {
    found.add(packageWithoutProject(folder));
    return null;
  }
  const file = readProjectFile(folder, found, shownIn(directory, folder));
  return file === null ? null : loadPackage(loader, file, folder, {}, null);
}

/** Paths of a package as errors show them: from the root project, or absolute outside of it. */
function shownIn(rootDirectory: string, directory: string): (path: string) => string {
  if (directory === rootDirectory) return (path) => path;
  const way = relative(rootDirectory, directory);
  const base = way.startsWith('..') ? directory : way;
  return (path) => `${base.split(sep).join('/')}/${path}`;
}

function optionalFile(directory: string, path: string) {
  return readOptionalFile({ path, folder: '', absolutePath: join(directory, path), shownPath: path });
}
