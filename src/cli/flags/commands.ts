import type { CommandName } from '../api.ts';
import {
  depsFlags,
  empty,
  fullRefresh,
  fuseTests,
  inline,
  introspect,
  listedModels,
  listSelectionFlags,
  macroArgs,
  output,
  savedQueryFlags,
  selectionFlags,
  showFailures,
  sqlparse,
  storeFailures,
  targetPath,
  threads,
  timeFlags,
  typeFlags,
} from './command-flags.ts';
import { type Flag, flag, globalFlags } from './flags.ts';

/** One command of the command line; adding one is adding a row here and a function of the same name to the API. */
export interface Command {
  /** As typed: `docs generate`. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** Null: the command line itself answers it. */
  readonly calls: CommandName | null;
  readonly group: 'Build' | 'Look' | 'Set up';
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** A positional argument, and the option it becomes. */
  readonly argument: { readonly name: string; readonly option: string } | null;
  /** Pairs of a command line (without `sluice`) and what it does. */
  readonly examples: readonly (readonly [string, string])[];
}

const row = (fields: Omit<Command, 'aliases' | 'argument'> & Partial<Command>): Command => ({
  aliases: [],
  argument: null,
  ...fields,
});

const selecting = [...selectionFlags, targetPath, threads];
const building = [...selecting, sqlparse, empty, ...timeFlags, ...savedQueryFlags];

export const commands: readonly Command[] = [
  row({
    name: 'build',
    calls: 'build',
    group: 'Build',
    summary:
      'Seeds, models, snapshots and tests in the order of the graph; a failed test stops what stands on it',
    flags: [
      ...building,
      ...typeFlags,
      fullRefresh,
      storeFailures,
      showFailures,
      fuseTests,
      flag('show', 'boolean', { off: [], variable: null, use: 'inert' }),
    ],
    examples: [
      ['build', 'everything'],
      ['build -s +orders', 'the model orders and all it is made from'],
      ['build -s tag:daily --exclude stg_*', 'by tag, without some'],
    ],
  }),
  row({
    name: 'run',
    calls: 'run',
    group: 'Build',
    summary: 'Models only',
    flags: [...building, fullRefresh],
    examples: [
      ['run -s orders+', 'orders and everything made from it'],
      ['run -s my_incremental -f', 'rebuild an incremental model'],
    ],
  }),
  row({
    name: 'test',
    calls: 'test',
    group: 'Build',
    summary: 'Tests of what is already built',
    flags: [...selecting, ...typeFlags, storeFailures, showFailures, fuseTests, sqlparse],
    examples: [
      ['test', 'all tests'],
      ['test -s orders', 'those of one model'],
    ],
  }),
  row({
    name: 'seed',
    calls: 'seed',
    group: 'Build',
    summary: 'Load CSV files into tables',
    flags: [
      ...selecting,
      fullRefresh,
      sqlparse,
      flag('show', 'boolean', {
        off: [],
        variable: null,
        help: 'Show the first rows of each table',
      }),
    ],
    examples: [['seed -s countries -f', 'one file, its table made anew']],
  }),
  row({
    name: 'snapshot',
    calls: 'snapshot',
    group: 'Build',
    summary: 'Keep the versions of rows that change',
    flags: [...selecting, sqlparse, empty],
    examples: [
      ['snapshot', 'all snapshots'],
      ['snapshot -s orders_history', 'one of them'],
    ],
  }),
  row({
    name: 'run-operation',
    calls: 'runOperation',
    group: 'Build',
    summary: 'One macro, by itself',
    argument: { name: 'macro', option: 'macro' },
    flags: [macroArgs, targetPath, threads, sqlparse],
    examples: [
      ["run-operation drop_old_schemas --args '{keep: 3}'", 'a macro of the project, arguments by name'],
      [
        "run-operation codegen.generate_base_model --args '{source_name: raw, table_name: orders}'",
        'of a package',
      ],
    ],
  }),
  row({
    name: 'clone',
    calls: 'clone',
    group: 'Build',
    summary: 'Give nodes the relations of another run, such as production, without building them',
    flags: [...selecting, ...typeFlags, fullRefresh, sqlparse],
    examples: [
      ['clone --state ../production/target', 'all that is not there yet'],
      ['clone --state ../production/target -s orders -f', 'one model, also where it is there'],
    ],
  }),
  row({
    name: 'retry',
    calls: 'retry',
    group: 'Build',
    summary: 'What the last run left undone: failed, skipped, cancelled, or never begun when it was killed',
    flags: [targetPath, threads, fullRefresh, sqlparse],
    examples: [
      ['retry', 'the rest of the last run, with its flags, variables and time'],
      ['retry --state ../artifacts', 'of a run that left its artifacts there'],
    ],
  }),
  row({
    name: 'compile',
    calls: 'compile',
    group: 'Look',
    summary: 'Write the SQL that would run, and run nothing',
    flags: [
      ...selecting,
      fullRefresh,
      introspect,
      inline,
      output(['json', 'text'], 'How a single node is shown'),
      flag('injectEphemeralCtes', 'boolean', { variable: null }),
      sqlparse,
      empty,
    ],
    examples: [
      ['compile -s orders', 'show the SQL of one model'],
      ['compile --inline "select * from {{ ref(\'orders\') }}"', 'of any template'],
    ],
  }),
  row({
    name: 'show',
    calls: 'show',
    group: 'Look',
    summary: 'First rows of a node or of a query, nothing is written',
    flags: [
      ...selecting,
      fullRefresh,
      introspect,
      inline,
      flag('limit', 'integer', { variable: null, help: 'Rows to show (5); -1 for all' }),
      output(['json', 'text'], 'Table or JSON'),
      flag('inlineDirect', 'text', {
        variable: null,
        value: 'sql',
        help: 'A query to send as it is, without a template',
      }),
      sqlparse,
    ],
    examples: [
      ['show -s orders --limit 20', 'rows of a model as it would be built'],
      ['show --inline "select 42 as answer"', 'rows of a query'],
    ],
  }),
  row({
    name: 'source freshness',
    aliases: ['source snapshot-freshness'],
    calls: 'sourceFreshness',
    group: 'Look',
    summary: 'Ask sources how old their newest row is, and write sources.json',
    flags: [
      ...selecting,
      flag('output', 'text', {
        short: ['-o'],
        variable: null,
        value: 'file',
        help: 'The file to write, instead of sources.json in the target folder',
      }),
      sqlparse,
    ],
    examples: [
      ['source freshness', 'all sources with a limit of age'],
      ['source freshness -s source:crm', 'those of one source'],
    ],
  }),
  row({
    name: 'list',
    aliases: ['ls'],
    calls: 'list',
    group: 'Look',
    summary: 'Names of nodes, one per line',
    flags: [
      ...listSelectionFlags,
      listedModels,
      ...typeFlags,
      targetPath,
      output(['json', 'name', 'path', 'selector'], 'What a line holds'),
      flag('outputKeys', 'list', { variable: null, value: 'keys', help: 'Keys of --output json' }),
    ],
    examples: [
      ['ls -s +orders --resource-type model', 'the models that orders is made from'],
      ['ls --output json --output-keys name tags', 'as JSON lines'],
    ],
  }),
  row({
    name: 'parse',
    calls: 'parse',
    group: 'Look',
    summary: 'Read the project and report every mistake; needs no warehouse',
    flags: [targetPath, threads],
    examples: [['parse --strict', 'refuse deprecated spellings too']],
  }),
  row({
    name: 'docs generate',
    calls: 'docsGenerate',
    group: 'Look',
    summary: 'catalog.json, and with --static the documentation as one HTML page',
    flags: [
      ...selecting,
      flag('static', 'boolean', {
        off: [],
        variable: null,
        help: 'Write static_index.html, which needs no server',
      }),
      flag('compile', 'boolean', { variable: null, shownOff: true, help: 'Do not compile first' }),
      flag('emptyCatalog', 'boolean', { off: [], variable: null, help: 'Do not ask the warehouse' }),
      sqlparse,
    ],
    examples: [['docs generate --static', 'then open target/static_index.html']],
  }),
  row({
    name: 'init',
    calls: 'init',
    group: 'Set up',
    summary: 'Make a small project that runs',
    argument: { name: 'project_name', option: 'projectName' },
    flags: [
      flag('skipProfileSetup', 'boolean', {
        short: ['-s'],
        off: [],
        variable: null,
        help: 'Make no profile',
      }),
    ],
    examples: [['init shop && cd shop && sluice build', 'from nothing to tables']],
  }),
  row({
    name: 'deps',
    calls: 'deps',
    group: 'Set up',
    summary: 'Install the packages that packages.yml names',
    flags: depsFlags,
    examples: [
      ['deps', 'as package-lock.yml says, which is made where it is missing or old'],
      ["deps --add-package 'dbt-labs/dbt_utils@>=1.3.0,<2.0.0'", 'write it into packages.yml first'],
      ['deps --offline', 'from what was installed before on this machine'],
    ],
  }),
  row({
    name: 'debug',
    calls: 'debug',
    group: 'Set up',
    summary: 'Check project, profile and connection',
    flags: [
      flag('connection', 'boolean', { off: [], variable: null, help: 'The connection only' }),
      flag('configDir', 'boolean', { off: [], variable: null, help: 'Say where profiles.yml is looked for' }),
    ],
    examples: [['debug -t prod', 'can I reach it?']],
  }),
  row({
    name: 'export ci',
    calls: 'exportCi',
    group: 'Set up',
    summary: 'Write a CI file that builds what a change changes: for github, gitlab or jenkins',
    argument: { name: 'system', option: 'system' },
    flags: [
      flag('output', 'text', {
        variable: null,
        value: 'file',
        help: 'File to write, instead of where the system looks for it',
      }),
      flag('force', 'boolean', { off: [], variable: null, help: 'Overwrite a file that is there' }),
      targetPath,
    ],
    examples: [
      ['export ci github', '.github/workflows/sluice.yml'],
      ['export ci gitlab --output ci/sluice.yml -t ci', 'elsewhere, changes built with the output ci'],
    ],
  }),
  row({
    name: 'clean',
    calls: 'clean',
    group: 'Set up',
    summary: "Delete the project's clean-targets (target, packages)",
    flags: [
      flag('cleanProjectFilesOnly', 'boolean', { shownOff: true, help: 'Outside of the project too' }),
      targetPath,
    ],
    examples: [['clean', 'delete what can be made again']],
  }),
  row({
    name: 'completion',
    calls: null,
    group: 'Set up',
    summary: 'Print a script that lets a shell complete commands, flags and names: bash, zsh or fish',
    argument: { name: 'shell', option: 'shell' },
    flags: [],
    examples: [
      ['completion bash > ~/.local/share/bash-completion/completions/sluice', 'for every new bash'],
      ['completion zsh > ~/.zfunc/_sluice', 'with ~/.zfunc in $fpath'],
      ['completion fish > ~/.config/fish/completions/sluice.fish', 'for fish'],
    ],
  }),
];

/** What a command's flags may be, the global ones included; its own stand for those of the same name. */
export function flagsOf(command: Command): readonly Flag[] {
  const own = new Set(command.flags.map(({ name }) => name));
  return [...globalFlags.filter(({ name }) => !own.has(name)), ...command.flags];
}

/** dbt's commands that we know but do not have yet. */
export const commandsNotYet: readonly string[] = ['docs serve'];
