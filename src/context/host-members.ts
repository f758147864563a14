import { bindArguments, type Signature, signature } from '../jinja/arguments.ts';
import type { HostType, Parameter, Pending } from '../jinja/host.ts';
import { Callable, type Value } from '../jinja/values.ts';

/** A method of a host class; receives one value per parameter, in their order. */
export interface HostMethod<T> {
  readonly parameters: readonly Parameter[];
  readonly impl: (self: T, ...values: Value[]) => Value | Pending;
}

/** Declares a method: parameters are bound as Python binds them. */
export function method<T>(
  parameters: readonly Parameter[],
  impl: (self: T, ...values: Value[]) => Value | Pending,
): HostMethod<T> {
  return { parameters, impl };
}

/**
 * The `attr` and `attrNames` of a host type from tables of its properties and methods; signatures are prepared once
 * per class.
 */
export function membersOf<T>(
  properties: Readonly<Record<string, (self: T) => Value | undefined>>,
  methods: Readonly<Record<string, HostMethod<T>>>,
): Required<Pick<HostType<T>, 'attr' | 'attrNames'>> {
  const getters = new Map(Object.entries(properties));
  const bound = new Map<string, { readonly takes: Signature; readonly impl: HostMethod<T>['impl'] }>();
  for (const [name, { parameters, impl }] of Object.entries(methods)) {
    bound.set(name, { takes: signature(name, parameters), impl });
  }
  const names = [...getters.keys(), ...bound.keys()];
  return {
    attr: (self, name) => {
      const getter = getters.get(name);
      if (getter !== undefined) return getter(self);
      const own = bound.get(name);
      if (own === undefined) return undefined;
      return new Callable(name, (args, kwargs) => own.impl(self, ...bindArguments(own.takes, args, kwargs)));
    },
    attrNames: () => names,
  };
}
