/** What a flag's text becomes. `list` takes several values and may be repeated; `yaml` is a mapping. */
export type FlagKind = 'boolean' | 'text' | 'integer' | 'list' | 'yaml' | readonly string[];

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
    value: fields.value ?? (kind === 'integer' ? 'n' : 'text'),
  };
}

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const levels = ['debug', 'info', 'warn', 'error', 'none'] as const;
const formats = ['text', 'debug', 'json', 'default'] as const;
const inert = { use: 'inert' } as const;

/** Flags of every command, accepted before and after its name. */
export const globalFlags: readonly Flag[] = [
  flag('projectDir', 'text', {
    value: 'folder',
    help: 'Folder of dbt_project.yml; else this one or the nearest above',
  }),
  flag('profilesDir', 'text', {
    value: 'folder',
    help: 'Folder of profiles.yml; else the project, then ~/.dbt',
  }),
  flag('profile', 'text', { value: 'name', help: 'Profile to use instead of the one the project names' }),
  flag('target', 'text', { short: ['-t'], value: 'name', help: 'Output of the profile to use' }),
  flag('vars', 'yaml', {
    variable: null,
    value: 'yaml',
    help: "Variables for var(), as YAML: '{day: 2026-01-31}'",
  }),
  flag('warnError', 'boolean', { off: [], help: 'Turn every warning into an error' }),
  flag('warnErrorOptions', 'yaml', {
    value: 'yaml',
    help: "Which warnings: '{error: all, warn: [NoNodesSelected]}'",
  }),
  flag('strict', 'boolean', { help: 'Refuse what dbt tolerates but deprecates or cannot promise' }),
  flag('failFast', 'boolean', { short: ['-x'], help: 'Stop at the first failure' }),
  flag('logFormat', formats, { use: 'console', help: 'How the console is written' }),
  flag('logFormatFile', formats, { use: 'console' }),
  flag('logLevel', levels, { use: 'console', help: 'Least level that the console shows' }),
  flag('logLevelFile', levels, { use: 'console' }),
  flag('logPath', 'text', {
    value: 'folder',
    use: 'console',
    help: 'Folder of dbt.log; logs beside the project file',
  }),
  flag('logFileMaxBytes', 'integer', { use: 'console' }),
  flag('debug', 'boolean', { short: ['-d'], use: 'console', help: 'Show everything, statements included' }),
  flag('quiet', 'boolean', { short: ['-q'], use: 'console', help: 'Show errors and asked-for output only' }),
  flag('print', 'boolean', { use: 'console', help: 'Show what templates print()' }),
  flag('printerWidth', 'integer', { use: 'console', help: 'Columns up to which dots are drawn (80)' }),
  flag('useColors', 'boolean', { use: 'console', help: 'Colours; else where the console is a terminal' }),
  flag('useColorsFile', 'boolean', { use: 'console' }),
  flag('showAllDeprecations', 'boolean', {
    variable: null,
    use: 'console',
    help: 'Show every deprecation, not the first of each',
  }),
  flag('partialParse', 'boolean', { help: 'Use what is known from the last parse (on)' }),
  flag('writeJson', 'boolean', { help: 'Write manifest.json and run_results.json (on)' }),
  flag('versionCheck', 'boolean', { help: "Check the project's require-dbt-version (on)" }),
  flag('indirectSelection', ['eager', 'cautious', 'buildable', 'empty'], {
    help: 'Which tests come with selected nodes',
  }),
  flag('cacheSelectedOnly', 'boolean', { help: null }),
  flag('populateCache', 'boolean', { help: null }),
  flag('singleThreaded', 'boolean', { help: null }),
  flag('state', 'text', { value: 'folder' }),
  flag('defer', 'boolean', { use: { refused: 'build the parents too: --select +my_model' } }),
  flag('deferState', 'text', { variable: null, use: { refused: null } }),
  flag('favorState', 'boolean', { use: { refused: null } }),
  flag('recordTimingInfo', 'text', { short: ['-r'], variable: null, use: { refused: null } }),
  flag('partialParseFilePath', 'text', { use: { refused: null } }),
  flag('uploadToArtifactsIngestApi', 'boolean', { use: { refused: 'artifacts lie in the target folder' } }),
  flag('sendAnonymousUsageStats', 'boolean', inert),
  flag('staticParser', 'boolean', inert),
  flag('useExperimentalParser', 'boolean', inert),
  flag('useFastTestEdges', 'boolean', inert),
  flag('macroDebugging', 'boolean', inert),
  flag('logCacheEvents', 'boolean', inert),
  flag('partialParseFileDiff', 'boolean', inert),
];
