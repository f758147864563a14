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
    ...constraintFunctions(services),
    ...externalFileFunctions(() => str(services.target['external_root'] ?? '.')),
    ...engineFunctions(),
  ];
  return [
    ...functions.map((one): [string, Value] => [one.name, one]),
    ['behavior', new Behavior(services.flags) as unknown as Value],
    ['Relation', context.relations],
    ['Column', context.columns],
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
