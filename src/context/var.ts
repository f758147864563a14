import { HOST, type HostType } from '../jinja/host.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type Value } from '../jinja/values.ts';
import type { Reader } from './base-names.ts';
import { raiseDiagnostic, variableMissing } from './errors.ts';
import { fromPlain } from './plain.ts';
import type { ContextServices } from './services.ts';
import { variablesFor } from './variables.ts';

const unset = Symbol('unset') as unknown as Value;

/** `var` as a reader of one package sees it. */
export function variableFunction(services: ContextServices, reader: Reader): Value {
  const variables = variablesFor(services.variables, reader.packageName);
  const known = (): Iterable<string> => variables.keys();
  const values = new Map<string, Value>();
  const find = (name: string): Value | undefined => {
    reader.reads?.variable(name);
    if (!variables.has(name)) return undefined;
    const value = values.get(name) ?? fromPlain(variables.get(name));
    values.set(name, value);
    return value;
  };
  const read = hostFunction('var', ['var', ['default', unset]], (nameValue, fallback) => {
    const name = str(nameValue!);
    const value = find(name);
    if (value !== undefined) return value;
    return fallback === unset ? raiseDiagnostic(variableMissing(name, reader.label, known())) : fallback!;
  });
  return new VariableReader(read, find) as unknown as Value;
}

/** `var(...)`, with `var.has_var(name)`. */
class VariableReader {
  readonly read: Callable;
  readonly hasVar: Callable;

  constructor(read: Callable, find: (name: string) => Value | undefined) {
    this.read = read;
    this.hasVar = hostFunction('has_var', ['var_name'], (name) => find(str(name!)) !== undefined);
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
