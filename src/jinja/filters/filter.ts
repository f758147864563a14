import { bindArguments, signature } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import type { Kwargs, Parameter } from '../host.ts';
import type { Value } from '../values.ts';

/** A filter; the first argument is the piped value. */
export type Filter = (env: Environment, args: readonly Value[], kwargs: Kwargs | null) => Value;

/** A filter with named parameters besides the piped value: `run` receives one value per parameter. */
export function filter(
  name: string,
  parameters: readonly Parameter[],
  run: (env: Environment, value: Value, ...values: Value[]) => Value,
): [string, Filter] {
  const target = signature(name, ['value', ...parameters]);
  return [
    name,
    (env, args, kwargs) => {
      const [value, ...values] = bindArguments(target, args, kwargs);
      return run(env, value!, ...values);
    },
  ];
}
