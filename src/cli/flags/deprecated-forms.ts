import type { Diagnostic } from '../../core/diagnostic.ts';
import { oldVariable, optionsRenamed, reservedVariable, selectRenamed } from '../errors.ts';
import { commands, flagsOf } from './commands.ts';
import { oldVariables, type Settings } from './settings.ts';

/** Variables of dbt's own that no flag has. Source: `_ADDITIONAL_ENGINE_ENV_VARS` of dbt-core 1.11.16. */
const variablesWithoutFlag = [
  'INVOCATION_ENV',
  'RECORDED_FILE_PATH',
  'TEST_STATE_MODIFIED',
  'PACKAGE_HUB_URL',
  'DOWNLOAD_DIR',
  'PP_FILE_DIFF_TEST',
  'PP_TEST',
  'RECORDER_FILE_PATH',
];

/** What dbt deprecates about a command line and its environment, in the order in which it tells it. */
export function deprecatedForms(
  argv: readonly string[],
  env: ReadonlyMap<string, string>,
  settings: Settings,
): readonly Diagnostic[] {
  const renamed = oldVariables
    .filter(({ old }) => (env.get(old) ?? '') !== '')
    .map(({ old, variable }) => oldVariable(old, `DBT_ENGINE_${variable}`));
  const options = settings.get('warnErrorOptions')?.value;
  const old =
    typeof options === 'object' ? ['include', 'exclude'].filter((key) => Object.hasOwn(options, key)) : [];
  const selects = argv.filter((word) => /^(-m|--models?)(=|$)/.test(word));
  return [
    ...renamed,
    ...(old.length === 0 ? [] : [optionsRenamed(old)]),
    ...selects.map((word) => selectRenamed(word.split('=')[0]!)),
    ...reserved(env).map(reservedVariable),
  ];
}

function reserved(env: ReadonlyMap<string, string>): readonly string[] {
  const prefix = 'DBT_ENGINE';
  const own = [...env.keys()].filter(
    (name) => name.startsWith(prefix) && !name.startsWith(`${prefix}_SECRET`),
  );
  if (own.length === 0) return [];
  const known = new Set(variablesWithoutFlag.map((name) => `${prefix}_${name}`));
  for (const command of commands) {
    for (const { variable } of flagsOf(command)) if (variable !== null) known.add(`${prefix}_${variable}`);
  }
  return own.filter((name) => !known.has(name)).sort();
}
