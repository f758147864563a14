import type { MacroDefinition } from './ast.ts';
import type { Environment } from './environment.ts';
import { execute } from './execute.ts';
import { Macro, type MacroObserver } from './macro.ts';
import { macroDefinitions, type Template } from './template.ts';

/** A macro of a macro file, in no context yet. */
export interface MacroSource {
  readonly template: Template;
  readonly definition: MacroDefinition;
}

/** The macro that a template cut out of a macro file consists of; throws where it holds none. */
export function defineMacro(template: Template, definition?: MacroDefinition): MacroSource {
  const found = definition ?? macroDefinitions(template)[0];
  if (found === undefined) throw new Error(`${template.path}: the template defines no macro`);
  return { template, definition: found };
}

/** The macro as dbt calls it: its names are those of `env`, and `return(x)` ends it. */
export function bindMacro(
  { template, definition }: MacroSource,
  env: Environment,
  observer: MacroObserver | null = null,
): Macro {
  return new Macro({ definition, template, env, closure: null, catchesReturn: true, execute, observer });
}
