import { HOST, type HostType } from '../../jinja/host.ts';
import type { Macro } from '../../jinja/macro.ts';
import { str } from '../../jinja/text.ts';
import { type Callable, callable, hostFunction, isText, type Value } from '../../jinja/values.ts';
import { dispatchDotted, dispatchNotFound, raiseDiagnostic } from '../errors.ts';
import { dispatch, dispatchOrder, type MacroSource } from '../macro-registry.ts';
import type { RelationClass } from '../relation-class.ts';
import type { ContextServices } from '../services.ts';

/** `adapter` of one context: functions that need no warehouse, then those of the phase. */
export class AdapterObject {
  readonly #members: ReadonlyMap<string, Value>;
  /** Answers names that neither phase knows; undefined lets the name be undefined. */
  readonly unknown: (name: string) => Value | undefined;

  constructor(members: Iterable<readonly [string, Value]>, unknown: (name: string) => Value | undefined) {
    this.#members = new Map(members);
    this.unknown = unknown;
  }

  get [HOST](): HostType<AdapterObject> {
    return adapterType;
  }

  member(name: string): Value | undefined {
    return this.#members.get(name) ?? this.unknown(name);
  }

  names(): readonly string[] {
    return [...this.#members.keys()];
  }
}

const adapterType: HostType<AdapterObject> = {
  typeName: 'Adapter',
  attr: (self, name) => self.member(name),
  attrNames: (self) => self.names(),
};

export interface AdapterContext {
  readonly services: ContextServices;
  readonly packageName: string;
  readonly relations: RelationClass;
  readonly columns: Value;
  /** A macro bound to the context. */
  bind(macro: MacroSource): Macro;
}

/** `adapter.*` that answers from facts alone, in every phase. */
export function sharedMembers(context: AdapterContext): [string, Value][] {
  const { services } = context;
  const { facts } = services;
  const quote = (name: string): string =>
    facts.quote + name.replaceAll(facts.quote, facts.quote + facts.quote) + facts.quote;
  const functions = [
    dispatchFunction(context),
    hostFunction('type', [], () => facts.type),
    hostFunction('quote', ['identifier'], (name) => quote(str(name!))),
    hostFunction('quote_as_configured', ['identifier', 'quote_key'], (name, key) => {
      const part = str(key!) as keyof typeof facts.quoting;
      return context.relations.quoting[part] ? quote(str(name!)) : str(name!);
    }),
    hostFunction('quote_seed_column', ['column', ['quote_config', null]], (name, configured) =>
      configured === false ? str(name!) : quote(str(name!)),
    ),
    hostFunction('valid_incremental_strategies', [], () => [...facts.incrementalStrategies]),
    hostFunction('is_cancelable', [], () => true),
    hostFunction('date_function', [], () => 'now()'),
    hostFunction('nice_connection_name', [], () => 'master'),
    hostFunction('warn_once', ['msg'], (message) => {
      services.emit({ name: 'message', level: 'warn', text: str(message!) });
      return '';
    }),
  ];
  return [
    ...functions.map((one): [string, Value] => [one.name, one]),
    ['Relation', context.relations],
    ['Column', context.columns],
  ];
}

function dispatchFunction(context: AdapterContext): Callable {
  const { services, packageName } = context;
  const { registry, facts } = services;
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  return callable('dispatch', (args, kwargs) => {
    const name = str(args[0] ?? kwargs?.get('macro_name') ?? null);
    const given = args[1] ?? kwargs?.get('macro_namespace') ?? null;
    if (name.includes('.')) raiseDiagnostic(dispatchDotted(name));
    const namespace = given !== null && isText(given) ? str(given) : null;
    const order = dispatchOrder(registry, namespace, services.dispatchOrders);
    const found = dispatch(registry, name, order, prefixes, packageName);
    if ('macro' in found) return context.bind(found.macro);
    return raiseDiagnostic(dispatchNotFound(name, found.tried, registry.names(packageName)));
  });
}
