import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AdapterEntry } from '../adapter/adapter.ts';
import type { Credentials } from '../adapter/facts.ts';
import { Diagnostics } from '../core/diagnostic.ts';
import { variableOf, type World } from '../core/world.ts';
import {
  adapterTypeMissing,
  adapterUnknown,
  flagsMoved,
  flagsTwice,
  profileInvalid,
  profileNotFound,
  profilesFileEmpty,
  targetNotFound,
  targetWithoutProfile,
  threadsInvalid,
} from './profile-errors.ts';
import { maskProfileText } from './profile-text.ts';
import type { ProjectFile } from './project-file.ts';
import { type Keypath, type RenderYamlValue, renderTree } from './render-tree.ts';
import { readOptionalFile } from './text-file.ts';
import { yamlSpan } from './yaml/locate.ts';
import { isMapping, recordOf } from './yaml/mapping.ts';
import { readYaml } from './yaml/read-yaml.ts';

export interface ProfileRequest {
  readonly projectDirectory: string;
  /** `--profiles-dir`, `--profile`, `--target`, `--threads`; null where not given. */
  readonly profilesDirectory: string | null;
  readonly profile: string | null;
  readonly target: string | null;
  readonly threads: number | null;
  readonly world: World;
  readonly adapters: ReadonlyMap<string, AdapterEntry>;
  /** Secrets of the environment may be read. */
  readonly render: RenderYamlValue;
}

/** Where the project runs. */
export interface ChosenProfile {
  readonly profileName: string;
  readonly targetName: string;
  readonly credentials: Credentials;
  readonly profilesDirectory: string;
  readonly embedded: boolean;
  /** `config:` of profiles.yml, the old place of flags; null where there is none. */
  readonly flags: Readonly<Record<string, unknown>> | null;
}

/** Chooses profile and target as dbt does, and checks the credentials; null, and told, where that cannot be done. */
export function chooseProfile(
  project: ProjectFile,
  request: ProfileRequest,
  found: Diagnostics,
): ChosenProfile | null {
  const profilesDirectory = profilesFolder(request);
  const name = profileName(project, request, found);
  if (name === null) return embeddedProfile(project, request, profilesDirectory, found);
  const file = readProfilesFile(profilesDirectory, found);
  if (file === 'broken') return null;
  const flags = file === null ? null : movedFlags(file, project, found);
  const profile = file !== null && Object.hasOwn(file.data, name) ? file.data[name] : undefined;
  if (file === null || profile === undefined) {
    const place = request.profile === null ? project.valueSpan('profile') : null;
    const known = file === null ? null : Object.keys(file.data).filter((key) => key !== 'config');
    found.add(profileNotFound(place, name, join(profilesDirectory, fileName), known));
    return null;
  }
  const output = chooseOutput(file, name, profile, request, found);
  if (output === null) return null;
  const credentials = credentialsOf(file, name, output, request, found);
  if (credentials === null) return null;
  return {
    profileName: name,
    targetName: output.name,
    credentials,
    profilesDirectory,
    embedded: false,
    flags,
  };
}

const fileName = 'profiles.yml';

/**
 * dbt's order: the folder named by flag or variable, the working directory if it has the file, `~/.dbt`. Where that
 * has none either, dbt fails, and we look beside the project file.
 */
export function profilesFolder(
  request: Pick<ProfileRequest, 'profilesDirectory' | 'projectDirectory' | 'world'>,
): string {
  const { world, profilesDirectory, projectDirectory } = request;
  const named = profilesDirectory ?? variable(world, 'PROFILES_DIR');
  if (named !== null) return resolve(world.workingDirectory, named);
  const home = join(world.home, '.dbt');
  const has = (directory: string) => existsSync(join(directory, fileName));
  if (has(world.workingDirectory)) return world.workingDirectory;
  return !has(home) && has(projectDirectory) ? projectDirectory : home;
}

/** A flag's variable, ours before dbt's; an empty one counts as unset. */
function variable({ env }: World, name: string): string | null {
  return variableOf(env, name)?.value ?? null;
}

function profileName(project: ProjectFile, request: ProfileRequest, found: Diagnostics): string | null {
  const named = request.profile ?? variable(request.world, 'PROFILE');
  if (named !== null) return named;
  const written = project.data['profile'] ?? null;
  // A wrong type is told with the other settings.
  if (typeof written !== 'string') return null;
  const { shownPath, source } = project;
  const rendered = renderTree(
    { file: shownPath, text: source.text, render: request.render, found },
    written,
    ['profile'],
  );
  return rendered === null ? null : String(rendered);
}

interface ProfilesFile {
  readonly text: string;
  readonly shownPath: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function readProfilesFile(directory: string, found: Diagnostics): ProfilesFile | null | 'broken' {
  const shownPath = join(directory, fileName);
  const read = found.collect(() => {
    const source = readOptionalFile({ path: fileName, folder: '', absolutePath: shownPath, shownPath });
    if (source === null) return null;
    // Errors show the text around them, which may hold passwords.
    const text = maskProfileText(source.text);
    const own = new Diagnostics();
    const data = own.collect(
      () => readYaml(source.text, shownPath, { family: 'Runtime Error', keepEnd: true }).data,
    );
    for (const diagnostic of own.all) {
      found.add({ ...diagnostic, span: diagnostic.span === null ? null : { ...diagnostic.span, text } });
    }
    if (own.all.length > 0) return 'broken';
    if (isMapping(data)) return { text, shownPath, data: recordOf(data) };
    found.add(
      data === null
        ? profilesFileEmpty(shownPath)
        : profileInvalid(yamlSpan(shownPath, text, [], 'value'), `${shownPath} is not a mapping of profiles`),
    );
    return 'broken';
  });
  return read === undefined ? 'broken' : (read as ProfilesFile | null | 'broken');
}

function movedFlags(
  file: ProfilesFile,
  project: ProjectFile,
  found: Diagnostics,
): Readonly<Record<string, unknown>> | null {
  const { config } = file.data;
  if (!isMapping(config)) return null;
  const flags = recordOf(config);
  if (Object.keys(flags).length === 0) return null;
  const place = yamlSpan(file.shownPath, file.text, ['config'], 'key');
  const own = project.data['flags'];
  if (isMapping(own) && Object.keys(recordOf(own)).length > 0) found.add(flagsTwice(place));
  else found.add(flagsMoved(place));
  return flags;
}

interface Output {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Only the chosen output is rendered: the others may name variables that are not set here. */
function chooseOutput(
  file: ProfilesFile,
  profile: string,
  written: unknown,
  request: ProfileRequest,
  found: Diagnostics,
): Output | null {
  const place = (...path: Keypath) => yamlSpan(file.shownPath, file.text, [profile, ...path], 'value');
  const invalid = (message: string, ...path: Keypath): null => {
    found.add(profileInvalid(place(...path), message));
    return null;
  };
  if (!isMapping(written)) return invalid(`profile '${profile}' is empty, or no mapping`);
  const { target, outputs } = recordOf(written);
  if (!isMapping(outputs)) return invalid(`outputs not specified in profile '${profile}'`);
  const own = new Diagnostics();
  const renderer = {
    file: file.shownPath,
    text: file.text,
    render: request.render,
    found: own,
    keepsBroken: (path: Keypath) => path.includes('password'),
  };
  const given = request.target ?? variable(request.world, 'TARGET');
  const name = given ?? targetText(renderTree(renderer, target, [profile, 'target']));
  const all = recordOf(outputs);
  const output = Object.hasOwn(all, name) ? all[name] : undefined;
  let data: Readonly<Record<string, unknown>> | null = null;
  if (own.all.length === 0 && output === undefined) {
    const blamed = given === null && target !== undefined ? place('target') : null;
    found.add(targetNotFound(blamed, profile, name, Object.keys(all)));
  } else if (own.all.length === 0 && !isMapping(output)) {
    invalid(`output '${name}' of profile '${profile}' is no mapping`, 'outputs', name);
  } else if (isMapping(output)) {
    data = recordOf(renderTree(renderer, output, [profile, 'outputs', name]) as typeof output);
  }
  for (const diagnostic of own.all) found.add(diagnostic);
  return data === null || own.all.length > 0 ? null : { name, data };
}

const targetText = (target: unknown): string =>
  target === undefined || target === null ? 'default' : String(target);

function credentialsOf(
  file: ProfilesFile,
  profileName: string,
  output: Output,
  request: ProfileRequest,
  found: Diagnostics,
): Credentials | null {
  const place = (...path: Keypath) =>
    yamlSpan(file.shownPath, file.text, [profileName, 'outputs', output.name, ...path], 'value');
  const types = [...request.adapters.keys()];
  const { type } = output.data;
  if (type === undefined || type === null) {
    found.add(adapterTypeMissing(place(), profileName, output.name, types));
    return null;
  }
  const entry = request.adapters.get(String(type));
  if (entry === undefined) {
    found.add(adapterUnknown(place('type'), String(type), types));
    return null;
  }
  const threads = request.threads ?? output.data['threads'] ?? 1;
  if (!Number.isInteger(threads) || Number(threads) < 1) {
    found.add(threadsInvalid(request.threads === null ? place('threads') : null, shownThreads(threads)));
    return null;
  }
  const result = entry.credentials(
    { ...output.data, threads },
    { ...placesOf(request.world), profileName, targetName: output.name },
  );
  const told = 'errors' in result ? result.errors : result.warnings;
  for (const diagnostic of told) found.add({ ...diagnostic, span: diagnostic.span ?? place() });
  return 'errors' in result ? null : { ...result.credentials, threads: Number(threads) };
}

const placesOf = ({ workingDirectory, home }: World) => ({ workingDirectory, home });

const shownThreads = (threads: unknown): string =>
  typeof threads === 'string' ? `the text '${threads}'` : String(threads);

const embeddedTarget = 'dev';
const embeddedThreads = 4;

/** No profile is named: a DuckDB file beside the project file, whatever profiles.yml exists. */
function embeddedProfile(
  project: ProjectFile,
  request: ProfileRequest,
  profilesDirectory: string,
  found: Diagnostics,
): ChosenProfile | null {
  const target = request.target ?? variable(request.world, 'TARGET');
  if (target !== null && target !== embeddedTarget) {
    found.add(targetWithoutProfile(target));
    return null;
  }
  const entry = request.adapters.get('duckdb');
  if (entry === undefined) throw new Error('the embedded profile needs the duckdb adapter');
  const threads = request.threads ?? embeddedThreads;
  if (!Number.isInteger(threads) || threads < 1) {
    found.add(threadsInvalid(null, String(threads)));
    return null;
  }
  const name = typeof project.data['name'] === 'string' ? project.data['name'] : 'project';
  const path = join(request.projectDirectory, `${name.replace(/[\\/]/g, '_')}.duckdb`);
  const names = { profileName: name, targetName: embeddedTarget };
  const result = entry.credentials(
    { type: 'duckdb', path, threads },
    { ...placesOf(request.world), ...names },
  );
  for (const diagnostic of 'errors' in result ? result.errors : result.warnings) found.add(diagnostic);
  if ('errors' in result) return null;
  return {
    ...names,
    credentials: { ...result.credentials, threads },
    profilesDirectory,
    embedded: true,
    flags: null,
  };
}
