import { didYouMean } from '../core/nearest.ts';
import type { MacroDefinition, MacroParameter } from './ast.ts';
import type { Environment } from './environment.ts';
import type { Kwargs } from './host.ts';
import { raise } from './py-error.ts';
import type { Scope } from './scope.ts';
import { PyDict, tupleOf, type Value } from './values.ts';

/**
 * Puts the arguments of a call into the scope of the macro's body, in Jinja2's order and with its errors. Gives the
 * parameters whose defaults have to be evaluated, in order.
 */
export function bindMacroArguments(
  definition: MacroDefinition,
  env: Environment,
  args: readonly Value[],
  kwargs: Kwargs | null,
  scope: Scope,
): readonly MacroParameter[] {
  const { parameters } = definition;
  const missing: MacroParameter[] = [];
  const extra = new Map(kwargs);
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index]!;
    const { name } = parameter;
    const given = index < args.length ? args[index] : extra.get(name);
    if (index >= args.length) extra.delete(name);
    if (given !== undefined) scope.set(name, given);
    else if (parameter.fallback !== null) missing.push(parameter);
    else scope.set(name, env.undefined(name, `parameter '${name}' was not provided`));
  }
  if (definition.readsCaller && !parameters.some((parameter) => parameter.name === 'caller')) {
    scope.set('caller', extra.get('caller') ?? env.undefined('caller', 'No caller defined'));
    extra.delete('caller');
  }
  if (definition.readsKwargs) scope.set('kwargs', PyDict.fromEntries(extra));
  else if (extra.size > 0) refuseKeyword(definition, extra);
  if (definition.readsVarargs) scope.set('varargs', tupleOf(args.slice(parameters.length)));
  else if (args.length > parameters.length) {
    raise('TypeError', `macro '${definition.name}' takes not more than ${parameters.length} argument(s)`);
  }
  return missing;
}

function refuseKeyword({ name, parameters }: MacroDefinition, extra: Kwargs): never {
  if (extra.has('caller')) {
    const message = `macro '${name}' was invoked with two values for the special caller argument.`;
    raise('TypeError', `${message} This is most likely a bug.`, 'the macro does not use caller()');
  }
  const [keyword] = extra.keys();
  const hint = didYouMean(
    keyword!,
    parameters.map((parameter) => parameter.name),
  );
  raise('TypeError', `macro '${name}' takes no keyword argument '${keyword}'`, hint);
}
