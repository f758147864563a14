import { dbtVersion } from '../core/version.ts';
import { PyFloat } from '../jinja/values.ts';
import {
  bothProjectPaths,
  bothTestSections,
  dispatchInvalid,
  impossibleDbtVersion,
  oldProjectPath,
  projectNameInvalid,
  projectNameMissing,
  projectPathDeprecated,
  projectType,
  quotingType,
  unknownProjectKey,
  unknownQuotingKey,
  versionBoundInvalid,
  wrongDbtVersion,
} from './errors.ts';
import { resourceFolders } from './package-files.ts';
import type { ConfigSection, ProjectSettings } from './project.ts';
import type { ProjectFile } from './project-file.ts';
import { configKeys, projectKeys, quotingKeys, reservedNames } from './project-keys.ts';
import { isLateRendered } from './render-rules.ts';
import { type RenderYamlValue, renderTree } from './render-tree.ts';
import { isImpossible, parseVersionBound, satisfiesAll } from './versions.ts';
import { isMapping, plainFolders, recordOf } from './yaml/mapping.ts';

type Data = Readonly<Record<string, unknown>>;

export interface SettingsOptions {
  readonly render: RenderYamlValue;
  /** `--target-path`, before the file's own. */
  readonly targetPath: string | null;
  /** False under `--no-version-check`. */
  readonly versionCheck: boolean;
  /** True where a template that cannot be rendered stays as it is written. */
  readonly keepsBroken?: boolean;
}

/**
 * The settings of a project file: rendered, checked, with dbt's defaults. Every mistake is told to the file's
 * `found`; what is wrong takes its default, so that the rest can be looked at.
 */
export function projectSettings(file: ProjectFile, options: SettingsOptions): ProjectSettings {
  const { found } = file;
  const rendered = renderTree(
    {
      file: file.shownPath,
      text: file.source.text,
      render: options.render,
      found,
      rendersAt: (path) => !isLateRendered(path),
      keepsBroken: () => options.keepsBroken === true,
    },
    file.data,
  ) as Data;
  const data = checkedKeys(file, rendered);
  checkVersion(file, data, options.versionCheck);
  const paths = folders(file, data);
  const targetPath = options.targetPath ?? textOr(data, 'target-path', 'target');
  return {
    name: projectName(file, data),
    version: versionText(data['version']),
    profile: textOr(data, 'profile', null),
    ...paths,
    docsPaths: textsOr(data, 'docs-paths', resourceFolders(paths)),
    assetPaths: textsOr(data, 'asset-paths', []),
    targetPath,
    logPath: textOr(data, 'log-path', 'logs'),
    packagesInstallPath: textOr(data, 'packages-install-path', 'dbt_packages'),
    cleanTargets: textsOr(data, 'clean-targets', [targetPath]),
    requireDbtVersion: versionTexts(data),
    quoting: quoting(file, data),
    queryComment: data['query-comment'],
    dispatch: dispatch(file, data),
    onRunStart: listOf(data['on-run-start']),
    onRunEnd: listOf(data['on-run-end']),
    vars: isMapping(data['vars']) ? recordOf(data['vars']) : {},
    flags: (data['flags'] ?? {}) as Data,
    configs: sections(data),
    unrenderedConfigs: sections(file.data),
    writtenSections: Object.fromEntries(
      Object.entries(configKeys)
        .filter(([key]) => Object.hasOwn(data, key))
        .map(([key, section]) => [section, key]),
    ),
    restrictAccess: data['restrict-access'] === true,
  };
}

/** What is known and of the right type; null is absent, but for `query-comment`, where it says: none. */
function checkedKeys(file: ProjectFile, rendered: Data): Data {
  const out: [string, unknown][] = [];
  for (const [key, value] of Object.entries(rendered)) {
    const rule = projectKeys.get(key);
    if (rule === undefined) file.found.add(unknownProjectKey(file.keySpan(key), key, projectKeys.keys()));
    else if (value === null && key !== 'query-comment') continue;
    else if (value === null || rule.test(value)) out.push([key, value]);
    else file.found.add(projectType(file.valueSpan(key), key, rule.expected, value));
  }
  const data = Object.fromEntries(out);
  if (isGiven(data['tests']) && isGiven(data['data_tests'])) {
    file.found.add(bothTestSections(file.keySpan('tests'), file.keySpan('data_tests')));
  }
  return data;
}

const isGiven = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function projectName(file: ProjectFile, data: Data): string {
  const { name } = data;
  if (typeof name !== 'string') {
    // A name of the wrong type is told already.
    if (!Object.hasOwn(file.data, 'name')) file.found.add(projectNameMissing(file.valueSpan()));
    return '';
  }
  if (!/^[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*$/u.test(name)) {
    file.found.add(projectNameInvalid(file.valueSpan('name'), name, 'letters, digits and underscores'));
  } else if (reservedNames.has(name)) {
    file.found.add(projectNameInvalid(file.valueSpan('name'), name, null));
  }
  return name;
}

type Folders = Pick<
  ProjectSettings,
  | 'modelPaths'
  | 'seedPaths'
  | 'testPaths'
  | 'snapshotPaths'
  | 'macroPaths'
  | 'analysisPaths'
  | 'functionPaths'
>;

function folders(file: ProjectFile, data: Data): Folders {
  for (const [old, key] of [
    ['source-paths', 'model-paths'],
    ['data-paths', 'seed-paths'],
  ] as const) {
    if (!Object.hasOwn(data, old)) continue;
    if (Object.hasOwn(data, key)) file.found.add(bothProjectPaths(file.keySpan(old), old, key));
    else file.found.add(oldProjectPath(file.keySpan(old), old, key));
  }
  for (const [key, usual] of [
    ['log-path', 'logs'],
    ['target-path', 'target'],
  ] as const) {
    if (Object.hasOwn(data, key) && data[key] !== usual) {
      file.found.add(projectPathDeprecated(file.keySpan(key), key));
    }
  }
  return {
    modelPaths: textsOr(data, 'model-paths', textsOr(data, 'source-paths', ['models'])),
    seedPaths: textsOr(data, 'seed-paths', textsOr(data, 'data-paths', ['seeds'])),
    testPaths: textsOr(data, 'test-paths', ['tests']),
    snapshotPaths: textsOr(data, 'snapshot-paths', ['snapshots']),
    macroPaths: textsOr(data, 'macro-paths', ['macros']),
    analysisPaths: textsOr(data, 'analysis-paths', ['analyses']),
    functionPaths: textsOr(data, 'function-paths', ['functions']),
  };
}

function checkVersion(file: ProjectFile, data: Data, check: boolean): void {
  const place = () => file.valueSpan('require-dbt-version');
  const texts = versionTexts(data);
  const bounds = texts.flatMap((text) => {
    const bound = parseVersionBound(text);
    if (bound === null) file.found.add(versionBoundInvalid(place(), text));
    return bound ?? [];
  });
  if (!check || bounds.length < texts.length) return;
  const name = String(data['name'] ?? '');
  if (isImpossible(bounds)) file.found.add(impossibleDbtVersion(place(), name, texts));
  else if (!satisfiesAll(dbtVersion, bounds))
    file.found.add(wrongDbtVersion(place(), name, dbtVersion, texts));
}

function versionTexts(data: Data): readonly string[] {
  const required = data['require-dbt-version'] ?? [];
  const texts = typeof required === 'string' ? required.split(',') : (required as readonly string[]);
  return texts.map((text) => text.trim());
}

function quoting(file: ProjectFile, data: Data): ProjectSettings['quoting'] {
  const out: Record<string, boolean> = {};
  for (const [key, value] of Object.entries((data['quoting'] ?? {}) as Data)) {
    if (!quotingKeys.includes(key))
      file.found.add(unknownQuotingKey(file.keySpan('quoting', key), key, quotingKeys));
    else if (typeof value === 'boolean') out[key === 'project' ? 'database' : key] = value;
    else if (value !== null) file.found.add(quotingType(file.valueSpan('quoting', key), key, value));
  }
  return out;
}

function dispatch(file: ProjectFile, data: Data): ProjectSettings['dispatch'] {
  return ((data['dispatch'] ?? []) as readonly unknown[]).flatMap((entry, index) => {
    const { macro_namespace: macroNamespace, search_order: searchOrder } = (entry ?? {}) as Data;
    if (typeof macroNamespace === 'string' && Array.isArray(searchOrder)) {
      return { macroNamespace, searchOrder: searchOrder.map(String) };
    }
    file.found.add(dispatchInvalid(file.valueSpan('dispatch', index)));
    return [];
  });
}

function sections(data: Data): Record<ConfigSection, Data> {
  const out: Record<string, Data> = Object.fromEntries(
    Object.values(configKeys).map((section) => [section, {}]),
  );
  for (const [key, section] of Object.entries(configKeys)) {
    const value = data[key];
    if (isMapping(value)) out[section] = plainFolders(value);
  }
  return out as Record<ConfigSection, Data>;
}

function textOr<Fallback>(data: Data, key: string, fallback: Fallback): string | Fallback {
  const value = data[key];
  return typeof value === 'string' ? value : fallback;
}

function textsOr(data: Data, key: string, fallback: readonly string[]): readonly string[] {
  return (data[key] as readonly string[] | undefined) ?? fallback;
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function versionText(version: unknown): string | null {
  if (version === undefined) return null;
  return version instanceof PyFloat ? version.value.toFixed(1) : String(version);
}
