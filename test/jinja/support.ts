import { formatDiagnostic } from '../../src/core/diagnostic.ts';
import { renderSync } from '../../src/jinja/driver.ts';
import { createEnvironment, type EnvironmentOptions } from '../../src/jinja/environment.ts';
import { MacroReturn, toDiagnostic } from '../../src/jinja/errors.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import { callable, type Value } from '../../src/jinja/values.ts';

export type Names = Readonly<Record<string, Value>>;

/** Renders a template as plain Jinja2 would: inline macros can be called by their names. */
export function renderText(
  text: string,
  names: Names = {},
  options: Partial<EnvironmentOptions> = {},
): string {
  const env = createEnvironment({
    undefinedPolicy: 'execute',
    names: new Map(Object.entries(names)),
    inlineMacroPrefix: '',
    ...options,
  });
  return renderSync(parseTemplate({ path: 'model.sql', text }), env);
}

/** What the user reads of the error that `work` ends with. */
export function printedError(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    return formatDiagnostic(toDiagnostic(thrown));
  }
  throw new Error('no error was raised');
}

/** The first line of it. */
export function errorOf(text: string, names: Names = {}, options: Partial<EnvironmentOptions> = {}): string {
  return printedError(() => renderText(text, names, options)).split('\n')[0]!;
}

export const returnFunction = callable('return', ([value = null]) => {
  throw new MacroReturn(value);
});
