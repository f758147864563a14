import { type Diagnostic, DiagnosticError } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/nearest.ts';
import { snakeCase } from '../../core/snake-case.ts';
import { variableOf } from '../../core/world.ts';
import { allowEnvAlone, conflictingFlags, flagNotYet, wrongValue } from '../errors.ts';
import { resourceTypes, sqlparseKeys } from './command-flags.ts';
import type { Flag, FlagKind } from './flags.ts';
import type { Given } from './parse-arguments.ts';
import type { MappingReader } from './project-flags.ts';
import { wrongWarnErrorOptions } from './warn-error-options.ts';

export type SettingValue = boolean | string | number | readonly string[] | Readonly<Record<string, unknown>>;

/** A flag's value, and where it was set; what was set nowhere is absent from the settings. */
export interface Setting {
  readonly value: SettingValue;
  readonly origin: 'command line' | 'environment' | 'project';
}

export type Settings = ReadonlyMap<string, Setting>;

export interface SettingSources {
  readonly given: Given;
  readonly env: ReadonlyMap<string, string>;
  /** `flags:` of dbt_project.yml. */
  readonly projectFlags: Readonly<Record<string, unknown>>;
  readonly readMapping: MappingReader;
}

/** Variables that dbt has renamed. Source: `DEPRECATED_PARAMS` of dbt-core 1.11.16. */
export const oldVariables: readonly {
  readonly old: string;
  readonly variable: string;
  readonly negated: boolean;
}[] = [
  { old: 'DBT_NO_PRINT', variable: 'PRINT', negated: true },
  { old: 'DBT_DEFER_TO_STATE', variable: 'DEFER', negated: false },
  { old: 'DBT_FAVOR_STATE_MODE', variable: 'FAVOR_STATE', negated: false },
  { old: 'DBT_ARTIFACT_STATE_PATH', variable: 'STATE', negated: false },
];

const yes = new Set(['1', 'true', 't', 'yes', 'y', 'on']);
const no = new Set(['0', 'false', 'f', 'no', 'n', 'off']);

/**
 * The value of every flag that is set: the command line wins over `SLUICE_*`, that over `DBT_ENGINE_*` and `DBT_*`,
 * those over the project's `flags:`. An empty variable counts as not set, as in dbt. Throws every usage error found.
 */
export function resolveSettings(flags: readonly Flag[], sources: SettingSources): Settings {
  const settings = new Map<string, Setting>();
  const errors: Diagnostic[] = [];
  for (const flag of flags) {
    try {
      const setting =
        fromOldVariable(flag, sources) ??
        fromCommandLine(flag, sources) ??
        fromEnvironment(flag, sources) ??
        fromProject(flag, sources);
      if (setting === undefined) continue;
      refuseUnsupported(flag, setting);
      settings.set(flag.name, setting);
    } catch (caught) {
      if (!(caught instanceof DiagnosticError)) throw caught;
      errors.push(...caught.diagnostics);
    }
  }
  if (settings.get('allowEnv')?.origin === 'command line' && settings.get('restricted')?.value !== true) {
    errors.push(allowEnvAlone());
  }
  errors.push(...conflicts(settings), ...wrongWarnErrorOptions(settings.get('warnErrorOptions')?.value));
  if (errors.length > 0) throw new DiagnosticError(errors);
  return settings;
}

function fromCommandLine(flag: Flag, sources: SettingSources): Setting | undefined {
  const given = sources.given[flag.name];
  if (given === undefined) return undefined;
  if (given === true && flag.bare !== undefined) return { value: flag.bare, origin: 'command line' };
  if (flag.kind === 'list') {
    const words = [given].flat().flatMap((each) => wordsOf(String(each)));
    checkTypes(flag, words, flag.on[0]!);
    return { value: words, origin: 'command line' };
  }
  const value = typeof given === 'string' ? parseText(flag, given, flag.on[0]!, sources) : given;
  return { value, origin: 'command line' };
}

function fromEnvironment(flag: Flag, sources: SettingSources): Setting | undefined {
  const found = flag.variable === null ? undefined : variableOf(sources.env, flag.variable);
  if (found === undefined) return undefined;
  const value = parseText(flag, found.value, found.name, sources);
  if (flag.kind === 'list') checkTypes(flag, value as readonly string[], found.name);
  return { value, origin: 'environment' };
}

/** Variables of older versions of dbt stand before everything else, the command line too. */
function fromOldVariable(flag: Flag, sources: SettingSources): Setting | undefined {
  const old = oldVariables.find(({ variable }) => variable === flag.variable);
  const text = old === undefined ? '' : (sources.env.get(old.old) ?? '');
  if (old === undefined || text === '') return undefined;
  const value = parseText(flag, text, old.old, sources);
  return { value: old.negated ? value !== true : value, origin: 'environment' };
}

function fromProject(flag: Flag, sources: SettingSources): Setting | undefined {
  if (!flag.inProject) return undefined;
  const key = snakeCase(flag.name);
  const value = Object.hasOwn(sources.projectFlags, key) ? sources.projectFlags[key] : undefined;
  if (value === undefined || value === null) return undefined;
  const origin = `flags.${key} of dbt_project.yml`;
  if (flag.kind === 'yaml' && typeof value === 'object')
    return { value: value as SettingValue, origin: 'project' };
  if (isList(flag.kind) && Array.isArray(value)) return { value: value.map(String), origin: 'project' };
  return { value: parseText(flag, String(value), origin, sources), origin: 'project' };
}

function parseText(flag: Flag, text: string, origin: string, sources: SettingSources): SettingValue {
  const wrong = (expected: string, hint: string | null = null): never => {
    throw new DiagnosticError(wrongValue(origin, text, expected, hint));
  };
  if (flag.kind === 'text') return text;
  if (isList(flag.kind)) return wordsOf(text);
  if (flag.kind === 'boolean') {
    const word = text.trim().toLowerCase();
    return yes.has(word) || (!no.has(word) && wrong('true or false'));
  }
  if (flag.bare !== undefined)
    return parseCount(text, flag.bare) ?? wrong('a number of rows, or true or false');
  if (flag.kind === 'integer') return /^[+-]?\d+$/.test(text.trim()) ? Number(text) : wrong('a whole number');
  if (flag.kind === 'yaml') {
    const mapping = sources.readMapping(text, origin);
    if (mapping === undefined) return wrong('a YAML mapping', "for example '{key: value}'");
    const unknown =
      flag.name === 'sqlparse' ? Object.keys(mapping).find((key) => !sqlparseKeys.includes(key)) : undefined;
    if (unknown === undefined) return mapping;
    return wrong(`a mapping of ${sqlparseKeys.join(' and ')}`, didYouMean(unknown, sqlparseKeys));
  }
  const choice = text.toLowerCase();
  return flag.kind.includes(choice)
    ? choice
    : wrong(`one of ${flag.kind.join(', ')}`, didYouMean(text, flag.kind));
}

/** A setting that is a number, or on with its usual one, or off. */
function parseCount(text: string, usual: number): number | undefined {
  const word = text.trim().toLowerCase();
  if (/^\d+$/.test(word)) return Number(word);
  return yes.has(word) ? usual : no.has(word) ? 0 : undefined;
}
const isList = (kind: FlagKind): kind is 'list' | 'repeated' => kind === 'list' || kind === 'repeated';

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

function checkTypes(flag: Flag, values: readonly string[], origin: string): void {
  if (!flag.name.endsWith('esourceTypes')) return;
  for (const value of values) {
    if (resourceTypes.includes(value)) continue;
    throw new DiagnosticError(
      wrongValue(origin, value, `one of ${resourceTypes.join(', ')}`, didYouMean(value, resourceTypes)),
    );
  }
}

/** A refused flag that is off asks for nothing. */
function refuseUnsupported(flag: Flag, setting: Setting): void {
  if (typeof flag.use !== 'object' || setting.value === false) return;
  throw new DiagnosticError(flagNotYet(flag.on[0]!, flag.use.refused));
}

function conflicts(settings: Settings): readonly Diagnostic[] {
  // Wherever they were set: dbt compares what the command line, variables and the project's flags come to.
  const pairs = [
    ['select', 'inline', '--select', '--inline'],
    ['selector', 'inline', '--selector', '--inline'],
    ['select', 'models', '--select', '--models'],
    ['models', 'resourceTypes', '--models', '--resource-type'],
    ['warnError', 'warnErrorOptions', '--warn-error', '--warn-error-options'],
  ] as const;
  return pairs
    .filter(([first, second]) => settings.has(first) && settings.has(second))
    .map(([, , first, second]) => conflictingFlags(first, second));
}
