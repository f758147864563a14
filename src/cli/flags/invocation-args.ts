import { snakeCase } from '../../core/snake-case.ts';
import type { Command } from './commands.ts';
import type { Settings } from './settings.ts';

/** dbt's values of settings that nothing set, under dbt's names. */
const defaults: Readonly<Record<string, unknown>> = {
  cache_selected_only: false,
  debug: false,
  defer: false,
  empty: false,
  exclude: [],
  exclude_resource_types: [],
  export_saved_queries: false,
  fail_fast: false,
  favor_state: false,
  full_refresh: false,
  include_saved_query: false,
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
  partial_parse_file_diff: true,
  populate_cache: true,
  print: true,
  printer_width: 80,
  quiet: false,
  resource_types: [],
  select: [],
  send_anonymous_usage_stats: false,
  show: false,
  show_all_deprecations: false,
  show_resource_report: false,
  sqlparse: { MAX_GROUPING_DEPTH: null, MAX_GROUPING_TOKENS: null },
  static_parser: true,
  strict_mode: false,
  upload_to_artifacts_ingest_api: false,
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

/** dbt 1.11's values of the flags that only a project may set. */
const behaviour: Readonly<Record<string, boolean>> = {
  require_all_warnings_handled_by_warn_error: false,
  require_batched_execution_for_custom_microbatch_strategy: false,
  require_event_names_in_deprecations: false,
  require_explicit_package_overrides_for_builtin_materializations: true,
  require_generic_test_arguments_property: true,
  require_nested_cumulative_type_params: false,
  require_ref_searches_node_package_before_root: false,
  require_resource_names_without_spaces: true,
  require_unique_project_resource_names: false,
  require_yaml_configuration_for_mf_time_spines: false,
  skip_nodes_if_on_run_start_fails: false,
  source_freshness_run_project_hooks: true,
  state_modified_compare_more_unrendered_values: false,
  state_modified_compare_vars: false,
  validate_macro_args: false,
};

/** Ours alone, and nothing that a run depends on: dbt reads `args` again, to retry. */
const untold: ReadonlySet<string> = new Set(['allowEnv', 'githubReport', 'report', 'restricted']);

/** What the project says, and where it is. Folders are absolute; null where there is none. */
interface Place {
  readonly directory: string | null;
  readonly logFolder: string | null;
  readonly projectFlags: Readonly<Record<string, unknown>>;
}

/**
 * Every setting under dbt's name, with dbt's defaults, in alphabetical order: `args` of run_results.json and what
 * templates see as `flags`. `which` is the command's last word, as dbt has it (`generate` of `docs generate`).
 */
export function invocationArgs(
  command: Command,
  settings: Settings,
  commandLine: string,
  { directory, logFolder, projectFlags }: Place,
): Readonly<Record<string, unknown>> {
  const args: Record<string, unknown> = {
    ...defaults,
    ...behaviour,
    ...Object.fromEntries(Object.entries(projectFlags).filter(([name]) => Object.hasOwn(behaviour, name))),
    ...(directory === null ? {} : { project_dir: directory }),
    ...(logFolder === null ? {} : { log_path: logFolder }),
    which: command.name.split(' ').at(-1),
    invocation_command: commandLine,
  };
  for (const [name, setting] of settings) if (!untold.has(name)) args[snakeCase(name)] = setting.value;
  return Object.fromEntries(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
}
