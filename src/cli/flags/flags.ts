import { snakeCase } from '../../core/snake-case.ts';

/**
 * What a flag's text becomes. `list` takes several values and may be repeated, `repeated` takes one each time; `yaml`
 * is a mapping.
 */
export type FlagKind = 'boolean' | 'text' | 'integer' | 'list' | 'repeated' | 'yaml' | readonly string[];

/**
 * What we do with a flag: hand it to the command, use it here (`console`), accept it because it can change nothing
 * with us (`inert`), or refuse it because we cannot do what it asks for; the text says what to do instead.
 */
export type FlagUse = 'command' | 'console' | 'inert' | { readonly refused: string | null };

export interface Flag {
  /** Name of the option in the API; dbt's own name is the same in snake case. */
  readonly name: string;
  /** Spellings that turn it on or take its value; the first is the one that help shows. */
  readonly on: readonly string[];
  readonly off: readonly string[];
  readonly kind: FlagKind;
  /** Without prefix: `THREADS` is read from `SLUICE_THREADS`, then from `DBT_THREADS`. Null: only a flag. */
  readonly variable: string | null;
  readonly use: FlagUse;
  /** Null: accepted but not shown in help. */
  readonly help: string | null;
  /** False for what the project must not decide: where files are written, and what is forbidden to it. */
  readonly inProject: boolean;
  /** Help shows the spelling that turns it off, because it is on by default. */
  readonly shownOff: boolean;
  /** What it is where it is given without a value; undefined where it needs one. */
  readonly bare: number | undefined;
  /** How help names the value. */
  readonly value: string;
}

interface FlagFields extends Partial<Omit<Flag, 'name' | 'on'>> {
  readonly short?: readonly string[];
}

/** `fullRefresh` has `--full-refresh`, `FULL_REFRESH`, and where it is boolean `--no-full-refresh`. */
export function flag(name: string, kind: FlagKind, fields: FlagFields = {}): Flag {
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    name,
    on: [`--${dashed}`, ...(fields.short ?? [])],
    off: fields.off ?? (kind === 'boolean' ? [`--no-${dashed}`] : []),
    kind,
    variable: fields.variable === undefined ? snakeCase(name).toUpperCase() : fields.variable,
    use: fields.use ?? 'command',
    help: fields.help ?? null,
    inProject: fields.inProject ?? true,
    shownOff: fields.shownOff ?? false,
    bare: fields.bare,
    value: fields.value ?? (kind === 'integer' ? 'n' : 'text'),
  };
}

const levels = ['debug', 'info', 'warn', 'error', 'none'] as const;
const formats = ['text', 'debug', 'json', 'default'] as const;
const inert = { use: 'inert' } as const;

/** Where things are. */
const projectFlags: readonly Flag[] = [
  flag('projectDir', 'text', {
    value: 'folder',
    help: 'Folder of dbt_project.yml; else this one or the nearest above',
  }),
  flag('profilesDir', 'text', {
    value: 'folder',
    help: 'Folder of profiles.yml; else this folder, ~/.dbt, then the project',
  }),
  flag('profile', 'text', {
    value: 'name',
    help: 'Profile to use instead of the one that the project names',
  }),
  flag('target', 'text', { short: ['-t'], value: 'name', help: 'Output of the profile to use' }),
  flag('vars', 'yaml', { variable: null, value: 'yaml', help: "Variables for var(): '{day: 2026-01-31}'" }),
];

/** How strict, and how much. */
const runFlags: readonly Flag[] = [
  flag('failFast', 'boolean', { short: ['-x'], help: 'Stop at the first failure' }),
  flag('strict', 'boolean', { help: 'Refuse whatever there is a warning about' }),
  flag('warnError', 'boolean', { off: [], help: 'Turn what dbt warns of into errors' }),
  flag('warnErrorOptions', 'yaml', {
    value: 'yaml',
    help: "Which ones: '{error: [NoNodesForSelectionCriteria]}'",
  }),
  flag('indirectSelection', ['eager', 'cautious', 'buildable', 'empty'], {
    value: 'mode',
    help: 'Which tests come with selected nodes: eager, cautious, buildable or empty',
  }),
  flag('restricted', 'boolean', {
    inProject: false,
    help: 'The project is not trusted: no hooks, operations, files, network; variables by name only',
  }),
  flag('allowEnv', 'repeated', {
    inProject: false,
    value: 'name',
    help: 'With --restricted: an environment variable that templates may read; may be repeated',
  }),
  flag('partialParse', 'boolean', {
    shownOff: true,
    help: 'Parse everything, not only what has changed since the last time',
  }),
  flag('writeJson', 'boolean', { shownOff: true, help: 'Write no manifest.json and run_results.json' }),
  flag('versionCheck', 'boolean', { shownOff: true, help: "Ignore the project's require-dbt-version" }),
  flag('cacheSelectedOnly', 'boolean', inert),
  flag('populateCache', 'boolean', inert),
  flag('singleThreaded', 'boolean'),
  flag('partialParseFilePath', 'text', inert),
  flag('uploadToArtifactsIngestApi', 'boolean', {
    use: { refused: 'it is a service of dbt Labs; artifacts lie in the target folder' },
  }),
  flag('sendAnonymousUsageStats', 'boolean', inert),
  flag('staticParser', 'boolean', inert),
  flag('useExperimentalParser', 'boolean', inert),
  flag('useFastTestEdges', 'boolean', inert),
  flag('macroDebugging', 'boolean', inert),
  flag('logCacheEvents', 'boolean', inert),
  flag('partialParseFileDiff', 'boolean', inert),
];

/** The run that is compared with. */
const stateFlags: readonly Flag[] = [
  flag('state', 'text', {
    value: 'folder',
    help: 'Artifacts of an earlier run, for state: and result: and for --defer',
  }),
  flag('defer', 'boolean', {
    help: 'Read what is not built here from where that run built it',
  }),
  flag('favorState', 'boolean', { help: 'With --defer: read all that is not selected from there' }),
  flag('deferState', 'text', {
    value: 'folder',
    help: 'Defer to the run of that folder, and compare with that of --state',
  }),
];

/** What is shown and logged. */
const consoleFlags: readonly Flag[] = [
  flag('quiet', 'boolean', {
    short: ['-q'],
    use: 'console',
    help: 'Show errors and what was asked for only',
  }),
  flag('debug', 'boolean', { short: ['-d'], use: 'console', help: 'Show everything, statements included' }),
  flag('logFormat', formats, {
    value: 'format',
    use: 'console',
    help: 'text, json, or debug (text with level and thread)',
  }),
  flag('logLevel', levels, { value: 'level', use: 'console', help: 'debug, info, warn, error or none' }),
  flag('logPath', 'text', {
    value: 'folder',
    use: 'console',
    help: 'Folder of dbt.log; else logs in the project',
  }),
  flag('useColors', 'boolean', {
    use: 'console',
    shownOff: true,
    help: 'No colours; else they follow the terminal and NO_COLOR',
  }),
  flag('print', 'boolean', { use: 'console', shownOff: true, help: 'Hide what templates print()' }),
  flag('printerWidth', 'integer', { use: 'console', help: 'Columns up to which dots are drawn (80)' }),
  flag('report', 'repeated', {
    inProject: false,
    value: 'kind=file',
    use: 'console',
    help: 'Write a report at the end, however it ends: junit=, markdown= or sarif=; may be repeated',
  }),
  flag('githubReport', 'boolean', {
    use: 'console',
    shownOff: true,
    help: 'In GitHub Actions, mark no lines and write no step summary',
  }),
  flag('showAllDeprecations', 'boolean', {
    variable: null,
    use: 'console',
    help: 'Show every warning, not the first of each kind',
  }),
  flag('logFormatFile', formats, { use: 'console' }),
  flag('logLevelFile', levels, { use: 'console' }),
  flag('logFileMaxBytes', 'integer', { use: 'console' }),
  flag('useColorsFile', 'boolean', { use: 'console' }),
  flag('exitCodes', ['dbt', 'detailed'], {
    value: 'kind',
    use: 'console',
    help: 'detailed: 3 where only tests failed, 130 and 143 where a signal ended the run; else as dbt',
  }),
  flag('recordTimingInfo', 'text', {
    short: ['-r'],
    variable: null,
    value: 'file',
    use: 'console',
    help: 'Write a CPU profile of the invocation, for developer tools to open',
  }),
  flag('showResourceReport', 'boolean', { use: 'console' }),
];

/** Flags of every command, accepted before and after its name, by what they are about. */
export const globalFlagGroups: readonly (readonly [title: string, flags: readonly Flag[]])[] = [
  ['Project', projectFlags],
  ['Run', runFlags],
  ['State', stateFlags],
  ['Console', consoleFlags],
];

export const globalFlags: readonly Flag[] = globalFlagGroups.flatMap(([, flags]) => flags);
