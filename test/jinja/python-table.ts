import { expect, test } from 'vitest';
import { renderSync } from '../../src/jinja/driver.ts';
import { createEnvironment } from '../../src/jinja/environment.ts';
import { TemplateError } from '../../src/jinja/errors.ts';
import { iterate } from '../../src/jinja/operations.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import { hostFunction, PySet, type Value } from '../../src/jinja/values.ts';

/** An expression (or a template, where it has tags) and what Python prints for it, or `Type: message`. */
export type PythonCase = readonly [source: string, expected: string | { readonly error: string }];

const setFunction = hostFunction('set', [['iterable', []]], (items) => new PySet(iterate(items!)));

/** What an expression or template prints; a failure gives `{ error }`. */
export function evaluate(source: string, names: ReadonlyMap<string, Value> = new Map()): PythonCase[1] {
  const text = source.includes('{%') || source.includes('{{') ? source : `{{ ${source} }}`;
  const env = createEnvironment({
    undefinedPolicy: 'execute',
    names: new Map([['set', setFunction as Value], ...names]),
    inlineMacroPrefix: '',
  });
  try {
    return renderSync(parseTemplate({ path: 'case.sql', text }), env);
  } catch (thrown) {
    if (!(thrown instanceof TemplateError)) throw thrown;
    return { error: `${thrown.type}: ${thrown.message}` };
  }
}

/** One test per row. */
export function pythonTable(cases: readonly PythonCase[], names?: ReadonlyMap<string, Value>): void {
  test.each(cases.map(([source, expected]) => ({ source, expected })))('$source', ({ source, expected }) => {
    expect(evaluate(source, names)).toEqual(expected);
  });
}
