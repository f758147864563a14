import { type Flag, flag } from './flags.ts';

const types = [
  'metric',
  'semantic_model',
  'saved_query',
  'source',
  'analysis',
  'function',
  'model',
  'test',
  'unit_test',
  'exposure',
  'snapshot',
  'seed',
  'default',
  'all',
];

/** `--select` and its kin: dbt's older spellings mean the same. */
export const selectionFlags: readonly Flag[] = [
  flag('select', 'list', {
    short: ['-s', '-m', '--models', '--model'],
    variable: null,
    value: 'names',
    help: 'Nodes to work on: names, +parents, children+, tag:x, path:y, ...',
  }),
  flag('exclude', 'list', { variable: null, value: 'names', help: 'Nodes to leave out' }),
  flag('selector', 'text', { variable: null, value: 'name', help: 'A selector of selectors.yml' }),
];

/** `list` has a flag of its own where the others have an older spelling: of models, only models. */
export const listedModels = flag('models', 'list', {
  short: ['-m', '--model'],
  variable: null,
  value: 'names',
  help: null,
});

export const listSelectionFlags: readonly Flag[] = selectionFlags.map((one) =>
  one.name === 'select' ? { ...one, on: ['--select', '-s'] } : one,
);

export const typeFlags: readonly Flag[] = [
  flag('resourceTypes', 'list', {
    short: ['--resource-type'],
    value: 'types',
    help: `Only these types: ${types.slice(5, 12).join(', ')}, ...`,
  }),
  flag('excludeResourceTypes', 'list', {
    short: ['--exclude-resource-type'],
    value: 'types',
    help: 'Not these types',
  }),
];

/** What `resourceTypes` may hold. */
export const resourceTypes: readonly string[] = types;

export const targetPath = flag('targetPath', 'text', {
  value: 'folder',
  help: 'Folder of artifacts, instead of target',
});

export const threads = flag('threads', 'integer', { variable: null, help: 'Nodes worked on at once' });

export const fullRefresh = flag('fullRefresh', 'boolean', {
  short: ['-f'],
  off: [],
  help: 'Build incremental models and seeds anew',
});

export const introspect = flag('introspect', 'boolean', {
  shownOff: true,
  help: 'Let no template query the warehouse',
});

export const inline = flag('inline', 'text', {
  variable: null,
  value: 'sql',
  help: 'A template to use instead of a node',
});

export const output = (values: readonly string[], help: string): Flag =>
  flag('output', values, { variable: null, value: 'format', help: `${help}: ${values.join(', ')}` });

export const storeFailures = flag('storeFailures', 'boolean', {
  off: [],
  help: 'Keep the rows that tests find in tables',
});

export const showFailures = flag('showFailures', 'integer', {
  bare: 10,
  help: 'Show so many of the rows that a test finds (10)',
});

export const fuseTests = flag('fuseTests', 'boolean', {
  shownOff: true,
  help: 'Ask each data test by a statement of its own',
});

export const empty = flag('empty', 'boolean', {
  help: 'Build everything of nothing: refs and sources give no rows',
});

/** Which rows are read, by the `event_time` of what they are read from. */
export const timeFlags: readonly Flag[] = [
  flag('sample', 'text', { value: 'window', help: "Read only rows of that time: '3 days'" }),
  flag('eventTimeStart', 'text', { value: 'time', help: 'Build batches from then on, in UTC: 2024-01-01' }),
  flag('eventTimeEnd', 'text', { value: 'time', help: 'Build batches before then' }),
];

/** dbt's name of it is that of all of an invocation's settings, so that the option has one of its own. */
export const macroArgs: Flag = {
  ...flag('macroArgs', 'yaml', { variable: null, value: 'yaml', help: "Arguments by name: '{days: 3}'" }),
  on: ['--args'],
};

const inert = { use: 'inert' } as const;

/** dbt's own service reads them; in dbt itself they do nothing either. */
export const savedQueryFlags: readonly Flag[] = [
  flag('exportSavedQueries', 'boolean', inert),
  flag('includeSavedQuery', 'boolean', inert),
];

/** Limits of a parser of Python's, which is not in use here. */
export const sqlparse = flag('sqlparse', 'yaml', { ...inert, variable: null });

/** What `sqlparse` may hold. */
export const sqlparseKeys: readonly string[] = ['MAX_GROUPING_DEPTH', 'MAX_GROUPING_TOKENS'];

const only = { off: [], variable: null } as const;

export const depsFlags: readonly Flag[] = [
  flag('lock', 'boolean', { ...only, help: 'Write package-lock.yml, and install nothing' }),
  flag('upgrade', 'boolean', { ...only, help: 'Make the lock anew, with the newest versions allowed' }),
  flag('addPackage', 'text', {
    variable: null,
    value: 'name@version',
    help: 'A package to write into packages.yml first',
  }),
  flag('source', ['hub', 'git', 'local'], {
    variable: null,
    value: 'kind',
    help: 'Where the added package is: hub, git or local',
  }),
  flag('offline', 'boolean', { off: [], help: 'Open no connection; install what is locked and known' }),
];
