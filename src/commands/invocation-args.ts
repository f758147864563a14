import { snakeCase } from '../core/snake-case.ts';
import type { CommandOptions } from './options.ts';

/** What is no setting of the command: the outside, and settings that were resolved already. */
const noSettings: ReadonlySet<string> = new Set([
  'allowEnv',
  'args',
  'env',
  'invocationId',
  'notices',
  'now',
  'onEvent',
  'restricted',
  'secrets',
  'signal',
  'world',
]);

/**
 * The options of a call under dbt's names, as templates read them in `flags` and artifacts in `args`. What the caller
 * resolved itself (`args`, as the command line does) wins.
 */
export function argsOf(options: CommandOptions): Readonly<Record<string, unknown>> {
  const args: Record<string, unknown> = { full_refresh: false, store_failures: false };
  for (const [name, value] of Object.entries(options)) {
    if (!noSettings.has(name) && value !== undefined) args[snakeCase(name)] = value;
  }
  return { ...args, ...options.args };
}
