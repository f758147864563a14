import type { ConfigSection } from './project.ts';
import { isMapping } from './yaml/mapping.ts';

/** What the value of a key of `dbt_project.yml` must be; null is allowed everywhere and means that it is absent. */
export interface KeyRule {
  /** For the error: `a list of texts`. */
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const text: KeyRule = { expected: 'text', test: isText };
const texts: KeyRule = { expected: 'a list of texts', test: isTextList };
const mapping: KeyRule = { expected: 'a mapping', test: isMapping };
const list: KeyRule = { expected: 'a list', test: Array.isArray };
const boolean: KeyRule = { expected: 'true or false', test: (value) => typeof value === 'boolean' };
const integer: KeyRule = { expected: 'an integer', test: (value) => Number.isInteger(value) };
const textOrTexts: KeyRule = {
  expected: 'text, or a list of texts',
  test: (value) => isText(value) || isTextList(value),
};
const number: KeyRule = {
  expected: 'a version like 1.0.0',
  test: (value) =>
    typeof value === 'number' || typeof value === 'object' || (isText(value) && isVersion(value)),
};
const comment: KeyRule = {
  expected: 'text, or a mapping with comment, append and job-label',
  test: (value) => isText(value) || value === false || isMapping(value),
};

/** Full semantic versions, and two numbers as in `1.0`. */
function isVersion(value: string): boolean {
  return /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?$/.test(
    value,
  );
}

/** Sections of configuration, by their name in the file. `tests` is the old name of `data_tests`. */
export const configKeys: Readonly<Record<string, ConfigSection>> = {
  models: 'models',
  seeds: 'seeds',
  snapshots: 'snapshots',
  analyses: 'analyses',
  sources: 'sources',
  tests: 'data_tests',
  data_tests: 'data_tests',
  unit_tests: 'unit_tests',
  metrics: 'metrics',
  'semantic-models': 'semantic_models',
  'saved-queries': 'saved_queries',
  exposures: 'exposures',
  functions: 'functions',
};

/** Every key that dbt 1.11 knows at the top of `dbt_project.yml`. */
export const projectKeys: ReadonlyMap<string, KeyRule> = new Map([
  ['name', text],
  ['version', number],
  ['config-version', integer],
  ['project-root', { expected: 'text', test: () => true }],
  ['profile', text],
  ['source-paths', texts],
  ['model-paths', texts],
  ['macro-paths', texts],
  ['data-paths', texts],
  ['seed-paths', texts],
  ['test-paths', texts],
  ['analysis-paths', texts],
  ['docs-paths', texts],
  ['asset-paths', texts],
  ['function-paths', texts],
  ['snapshot-paths', texts],
  ['target-path', text],
  ['log-path', text],
  ['packages-install-path', text],
  ['clean-targets', texts],
  ['quoting', mapping],
  ['on-run-start', textOrTexts],
  ['on-run-end', textOrTexts],
  ['require-dbt-version', textOrTexts],
  ['dispatch', list],
  ['vars', mapping],
  ['packages', list],
  ['query-comment', comment],
  ['restrict-access', boolean],
  ['dbt-cloud', mapping],
  ['flags', mapping],
  ...Object.keys(configKeys).map((key): [string, KeyRule] => [key, mapping]),
]);

export const quotingKeys = ['database', 'schema', 'identifier', 'project', 'snowflake_ignore_case'];

/** Names that would hide a member of the template context. */
export const reservedNames: ReadonlySet<string> = new Set(
  (
    '_sql_results adapter api column config context database env env_var exceptions execute flags fromjson fromyaml ' +
    'graph invocation_id load_agate_table load_result log model modules post_hooks pre_hooks ref render return ' +
    'run_started_at schema source sql sql_now store_result store_raw_result target this tojson toyaml ' +
    'try_or_compiler_error var write'
  ).split(' '),
);
