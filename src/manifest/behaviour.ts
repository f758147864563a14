import type { ContextServices } from '../context/services.ts';

/** The flags that decide what a project means, beside those that its templates read. */
export const behaviourFlags = [
  'require_batched_execution_for_custom_microbatch_strategy',
  'require_generic_test_arguments_property',
  'require_nested_cumulative_type_params',
  'require_ref_searches_node_package_before_root',
  'require_resource_names_without_spaces',
  'require_unique_project_resource_names',
  'require_yaml_configuration_for_mf_time_spines',
  'state_modified_compare_more_unrendered_values',
  'store_failures',
  'validate_macro_args',
] as const;

export type BehaviourFlag = (typeof behaviourFlags)[number];

/** Flags by the names under which they are kept. Every node asks for some. */
const keys = new Map(behaviourFlags.map((name) => [name, name.toUpperCase()]));

/** A flag of the project (or, for `store_failures`, of the command line); dbt's default where it is not set. */
export function behaviour(
  services: Pick<ContextServices, 'flags'>,
  name: BehaviourFlag,
  fallback: boolean,
): boolean {
  const value = services.flags.get(keys.get(name)!);
  return typeof value === 'boolean' ? value : fallback;
}
