import { HOST, type HostType } from '../jinja/host.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type Value } from '../jinja/values.ts';
import type { Reader } from './base-names.ts';
import { raiseDiagnostic, variableMissing, variableRing } from './errors.ts';
import { fromPlain } from './plain.ts';
import type { ContextServices } from './services.ts';
import { variablesFor } from './variables.ts';

const unset = Symbol('unset') as unknown as Value;

/**
 * `var` as a reader of one package sees it. A text may be a template itself, as in dbt: `render` makes its value, with
 * the names of whoever reads it.
 */
export function variableFunction(
  services: ContextServices,
  reader: Reader,
  render: (name: string, text: string) => string,
): Value {
  const variables = variablesFor(services.variables, reader.packageName);
  const known = (): Iterable<string> => variables.keys();
  const values = new Map<string, Value>();
  const has = (name: string): boolean => {
    reader.reads?.variable(name);
    return variables.has(name);
  };
  const find = (name: string): Value | undefined => {
    if (!has(name)) return undefined;
    const value = values.get(name) ?? fromPlain(variables.get(name));
    values.set(name, value);
    return typeof value === 'string' && /\{[{%#]/.test(value) ? rendered(name, value) : value;
  };
  const open = new Set<string>();
  const rendered = (name: string, text: string): string => {
    if (open.has(name)) return raiseDiagnostic(variableRing([...open, name]));
    open.add(name);
    try {
      return render(name, text);
    } finally {
      open.delete(name);
    }
  };
  const read = hostFunction('var', ['var', ['default', unset]], (nameValue, fallback) => {
    const name = str(nameValue!);
    const value = find(name);
    if (value !== undefined) return value;
    if (fallback !== unset) return fallback!;
    return reader.parsing ? null : raiseDiagnostic(variableMissing(name, reader.label, known()));
  });
  return new VariableReader(read, has) as unknown as Value;
}

/** `var(...)`, with `var.has_var(name)`. */
class VariableReader {
  readonly read: Callable;
  readonly hasVar: Callable;

  constructor(read: Callable, has: (name: string) => boolean) {
    this.read = read;
    this.hasVar = hostFunction('has_var', ['var_name'], (name) => has(str(name!)));
  }

  get [HOST](): HostType<VariableReader> {
    return variableReaderType;
  }
}

const variableReaderType: HostType<VariableReader> = {
  typeName: 'Var',
  call: (self, args, kwargs) => self.read.call(args, kwargs),
  attr: (self, name) => (name === 'has_var' ? self.hasVar : undefined),
};
