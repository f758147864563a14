import type { ContextServices } from '../context/services.ts';

/** A behaviour flag of the project (`require_generic_test_arguments_property`); dbt's default where it is not set. */
export function behaviour(
  services: Pick<ContextServices, 'flags'>,
  name: string,
  fallback: boolean,
): boolean {
  const value = services.flags.get(name.toUpperCase());
  return typeof value === 'boolean' ? value : fallback;
}
