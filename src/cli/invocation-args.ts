import type { Command } from './commands.ts';
import { snakeCase } from './flags.ts';
import type { Settings } from './settings.ts';

/** dbt's values of settings that nothing set, under dbt's names. */
const defaults: Readonly<Record<string, unknown>> = {
  cache_selected_only: false,
  debug: false,
  defer: false,
  empty: false,
  exclude: [],
  fail_fast: false,
  favor_state: false,
  full_refresh: false,
  indirect_selection: 'eager',
  introspect: true,
  log_cache_events: false,
  log_file_max_bytes: 10_485_760,
  log_format: 'default',
  log_format_file: 'debug',
  log_level: 'info',
  log_level_file: 'debug',
  macro_debugging: false,
  partial_parse: true,
  populate_cache: true,
  print: true,
  printer_width: 80,
  quiet: false,
  select: [],
  send_anonymous_usage_stats: false,
  show_all_deprecations: false,
  static_parser: true,
  strict_mode: false,
  use_colors: true,
  use_colors_file: true,
  use_experimental_parser: false,
  use_fast_test_edges: false,
  vars: {},
  version_check: true,
  warn_error: false,
  warn_error_options: { error: [], warn: [], silence: [] },
  write_json: true,
};

/**
 * Every setting under dbt's name, with dbt's defaults, in alphabetical order: `args` of run_results.json and what
 * templates see as `flags`. `which` is the command's last word, as dbt has it (`generate` of `docs generate`).
 */
export function invocationArgs(
  command: Command,
  settings: Settings,
  commandLine: string,
): Readonly<Record<string, unknown>> {
  const args: Record<string, unknown> = {
    ...defaults,
    which: command.name.split(' ').at(-1),
    invocation_command: commandLine,
  };
  for (const [name, setting] of settings) args[snakeCase(name)] = setting.value;
  return Object.fromEntries(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
}
