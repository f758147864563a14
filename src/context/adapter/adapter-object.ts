import { dictGet } from '../../jinja/dict.ts';
import { HOST, type HostType } from '../../jinja/host.ts';
import type { Macro } from '../../jinja/macro.ts';
import { truth } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { str } from '../../jinja/text.ts';
import {
  Callable,
  callable,
  hostFunction,
  hostTypeOf,
  isDict,
  isText,
  type Value,
} from '../../jinja/values.ts';
import {
  dispatchDotted,
  dispatchNotFound,
  hardDeletesTwice,
  hardDeletesUnknown,
  otherDatabase,
  raiseDiagnostic,
} from '../errors.ts';
import { dispatch, dispatchOrder, type MacroSource } from '../macro-registry.ts';
import type { RelationClass } from '../relation-class.ts';
import type { ContextServices } from '../services.ts';
import { Behavior } from './behavior.ts';
import { constraintFunctions } from './constraints.ts';
import { externalFileFunctions } from './external-files.ts';
import { grantsByPrivilege } from './grants.ts';
import { parseIndex } from './indexes.ts';

/** Some members of `adapter`, by name: made together, when the first of them is asked for. */
export type AdapterPart<Context> = (context: Context) => readonly (readonly [name: string, Value])[];

/** The members that come with a name; undefined where no part has it. */
type MakeMembers = (name: string) => ReturnType<AdapterPart<unknown>> | undefined;

/** Answers names that no part has; undefined lets the name be undefined. */
type Unknown = (name: string, known: readonly string[]) => Value | undefined;

export class AdapterObject {
  readonly #make: MakeMembers;
  readonly names: () => readonly string[];
  readonly #unknown: Unknown;
  readonly #made = new Map<string, Value>();

  constructor(make: MakeMembers, names: () => readonly string[], unknown: Unknown) {
    this.#make = make;
    this.names = names;
    this.#unknown = unknown;
  }

  get [HOST](): HostType<AdapterObject> {
    return adapterType;
  }

  member(name: string): Value | undefined {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const members = this.#make(name);
    if (members === undefined) return this.#unknown(name, this.names());
    for (const [key, value] of members) this.#made.set(key, value);
    return this.#made.get(name);
  }
}

/**
 * `adapter` of one context. It has some seventy members, each node has a context of its own, and its templates ask for
 * a few. `parts` are the same for all contexts of a phase.
 */
export function adapterObject<Context>(
  parts: readonly AdapterPart<Context>[],
  context: Context,
  unknown: Unknown,
): AdapterObject {
  const known = partsByName(parts, context);
  return new AdapterObject(
    (name) => known.get(name)?.(context),
    () => [...known.keys()],
    unknown,
  );
}

/** Which part has a name, found out with the first context that comes; later parts win. */
function partsByName<Context>(
  parts: readonly AdapterPart<Context>[],
  context: Context,
): ReadonlyMap<string, AdapterPart<Context>> {
  let names = namesOfParts.get(parts) as Map<string, AdapterPart<Context>> | undefined;
  if (names === undefined) {
    names = new Map(parts.flatMap((part) => part(context).map(([name]) => [name, part] as const)));
    namesOfParts.set(parts, names);
  }
  return names;
}

const namesOfParts = new WeakMap<object, unknown>();

/** Functions by their names. */
export const byName = (functions: readonly Callable[]): readonly (readonly [string, Value])[] =>
  functions.map((one) => [one.name, one]);

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
  /** Whether a dispatch without a namespace looks in every package in the end, and not only in the node's and ours. */
  readonly everyPackage?: boolean;
  /** A macro bound to the context. */
  bind(macro: MacroSource): Macro;
}

/** `adapter.*` that answers from facts alone, in every phase. Nearly every macro dispatches, and many do nothing else. */
export const sharedParts: readonly AdapterPart<AdapterContext>[] = [
  (context) => byName([dispatchFunction(context)]),
  ({ services, relations, columns }) => [
    ['behavior', new Behavior(services.flags) as unknown as Value],
    ['Relation', relations],
    ['Column', columns],
  ],
  (context) => byName(nameFunctions(context)),
  ({ services }) => byName(settledFunctions(services)),
  ({ services }) => byName(constraintFunctions(services)),
  ({ services }) => byName(externalFileFunctions(() => str(services.target['external_root'] ?? '.'))),
  () => byName(engineFunctions()),
];

function nameFunctions({ services: { facts }, relations }: AdapterContext): Callable[] {
  const quote = (name: string): string =>
    facts.quote + name.replaceAll(facts.quote, facts.quote + facts.quote) + facts.quote;
  return [
    hostFunction('quote', ['identifier'], (name) => quote(str(name!))),
    hostFunction('quote_as_configured', ['identifier', 'quote_key'], (name, key) => {
      const part = str(key!) as keyof typeof facts.quoting;
      return relations.quoting[part] ? quote(str(name!)) : str(name!);
    }),
    hostFunction('quote_seed_column', ['column', ['quote_config', null]], (name, configured) =>
      configured === false ? str(name!) : quote(str(name!)),
    ),
  ];
}

function settledFunctions(services: ContextServices): Callable[] {
  const { facts } = services;
  return [
    hostFunction('type', [], () => facts.type),
    hostFunction('valid_incremental_strategies', [], () => [...facts.incrementalStrategies]),
    hostFunction('is_cancelable', [], () => true),
    hostFunction('date_function', [], () => 'now()'),
    hostFunction('nice_connection_name', [], () => 'master'),
    hostFunction('warn_once', ['msg'], (message) => {
      const text = str(message!);
      if (!services.warnedOnce.has(text)) services.emit({ name: 'message', level: 'warn', text });
      services.warnedOnce.add(text);
      return '';
    }),
    hostFunction('get_hard_deletes_behavior', ['config'], (config) => hardDeletes(config!)),
    hostFunction('standardize_grants_dict', ['grants_table'], (table) => grantsByPrivilege(table!)),
    hostFunction('parse_index', ['raw_index'], (index) => parseIndex(index!, services.world)),
    hostFunction('verify_database', ['database'], (database) =>
      verifyDatabase(str(database!), str(services.target['database'] ?? null), facts.type),
    ),
    hostFunction('escape_sql_string', ['value'], (value) => str(value!).replaceAll("'", "''")),
    hostFunction('get_seed_file_path', ['model'], (model) => seedFilePath(model!)),
  ];
}

/** Empty, so that a macro may print it; an error for any other database than the connection's. */
function verifyDatabase(database: string, connected: string, type: string): string {
  const bare = database.replace(/^"+|"+$/g, '');
  if (bare.toLowerCase() !== connected.toLowerCase()) raiseDiagnostic(otherDatabase(type, bare, connected));
  return '';
}

/** What dbt-duckdb's macros ask of their engine; DuckLake and MotherDuck are not told apart yet. */
function engineFunctions(): Callable[] {
  return [
    hostFunction('is_motherduck', [], () => false),
    hostFunction('is_ducklake', ['relation'], () => false),
    hostFunction('use_ducklake_table_workarounds', ['relation'], () => false),
    hostFunction('disable_transactions', [], () => false),
    hostFunction('catalog_supports_foreign_keys', ['database'], () => true),
    hostFunction('get_binding_char', [], () => '?'),
    hostFunction('batch_id_for_model', ['model'], (model) => batchId(model!)),
    hostFunction('convert_datetimes_to_strs', ['table'], (table) => table!),
  ];
}

/** What becomes of rows that are gone from a snapshot's query: the setting, or the one that came before it. */
function hardDeletes(config: Value): string {
  const find = (key: string): Value => {
    const get = isDict(config) ? dictGet(config, key) : callMethod(config, 'get', key);
    return get ?? null;
  };
  const chosen = find('hard_deletes');
  const former = find('invalidate_hard_deletes');
  const given = chosen === null ? null : str(chosen);
  if (given !== null && former !== null) raiseDiagnostic(hardDeletesTwice());
  if (given === null) return former !== null && truth(former) ? 'invalidate' : 'ignore';
  if (!hardDeleteKinds.includes(given)) raiseDiagnostic(hardDeletesUnknown(given, hardDeleteKinds));
  return given;
}

const hardDeleteKinds: readonly string[] = ['ignore', 'invalidate', 'new_record'];

/** The value of a host object's method, which needs no warehouse: `config.get(...)`. */
function callMethod(target: Value, name: string, argument: Value): Value | undefined {
  const found = hostTypeOf(target)?.attr?.(target, name);
  if (!(found instanceof Callable))
    return raise('TypeError', 'get_hard_deletes_behavior() takes a configuration');
  return found.call([argument], null) as Value;
}

function seedFilePath(model: Value): string {
  if (!isDict(model)) return raise('TypeError', 'get_seed_file_path() takes a model');
  return [dictGet(model, 'root_path'), dictGet(model, 'original_file_path')]
    .map((part) => str(part ?? null))
    .join('/');
}

/** The start of a model's batch as a part of a name; empty outside of batches. */
function batchId(model: Value): string {
  const batch = isDict(model) ? dictGet(model, 'batch') : undefined;
  const start = batch !== undefined && isDict(batch) ? dictGet(batch, 'event_time_start') : undefined;
  if (start === undefined || !truth(start)) return '';
  return str(start).replaceAll(/[-:+]/g, '').replaceAll(' ', '_');
}

function dispatchFunction(context: AdapterContext): Callable {
  const { services, packageName, everyPackage = false } = context;
  const { registry, facts } = services;
  const others = everyPackage ? [...registry.packages].reverse() : [];
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  return callable('dispatch', (args, kwargs) => {
    const name = str(args[0] ?? kwargs?.get('macro_name') ?? null);
    const given = args[1] ?? kwargs?.get('macro_namespace') ?? null;
    if (name.includes('.')) raiseDiagnostic(dispatchDotted(name));
    const namespace = given !== null && isText(given) ? str(given) : null;
    const known = dispatchOrder(registry, namespace, services.dispatchOrders);
    const order = namespace === null ? [...known, ...others] : known;
    const found = dispatch(registry, name, order, prefixes, packageName);
    if ('macro' in found) return context.bind(found.macro);
    return raiseDiagnostic(dispatchNotFound(name, found.tried, registry.names(packageName)));
  });
}
