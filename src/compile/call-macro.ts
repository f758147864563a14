import { valueAsync } from '../jinja/driver.ts';
import type { Value } from '../jinja/values.ts';
import type { NodeScope } from './node-scope.ts';
import type { CompileServices } from './services.ts';

/**
 * The value of a macro as a node's templates call it; `dbt.<name>` is ours, whatever the project calls by that name.
 * Throws where there is none.
 */
export async function callMacro(
  { context: { registry } }: CompileServices,
  scope: NodeScope,
  name: string,
  args: readonly Value[],
): Promise<Value> {
  const own = /^dbt\.(.+)$/.exec(name)?.[1];
  const source =
    own === undefined ? registry.resolve(name, scope.node.package_name) : registry.inPackage('dbt', own);
  if (source === undefined) throw new Error(`there is no macro '${name}'`);
  return valueAsync(scope.context.names.macro(source).call(args, null));
}
