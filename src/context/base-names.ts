import { createHash } from 'node:crypto';
import { dbtVersion } from '../core/version.ts';
import { dictGet } from '../jinja/dict.ts';
import { renderSync } from '../jinja/driver.ts';
import { createEnvironment } from '../jinja/environment.ts';
import { MacroReturn } from '../jinja/errors.ts';
import { iterate } from '../jinja/operations.ts';
import { raise } from '../jinja/py-error.ts';
import { parseTemplate } from '../jinja/template.ts';
import { str } from '../jinja/text.ts';
import {
  type Callable,
  callable,
  hostFunction,
  isDict,
  isText,
  iteratorOf,
  PyDict,
  PySet,
  tupleOf,
  type Value,
} from '../jinja/values.ts';
import { envVarFunction } from './env-var.ts';
import { itertoolsDeprecated } from './errors.ts';
import { exceptionsObject } from './exceptions.ts';
import { Flags } from './flags.ts';
import { dateTimeAt } from './modules/datetime/datetime.ts';

import { createModules } from './modules/index.ts';
import { utc } from './modules/pytz.ts';
import { ContextNames, type NameTable, type OwnNames, TableNames } from './names.ts';
import { fromPlain } from './plain.ts';
import type { Reads } from './reads.ts';
import { serializationFunctions } from './serialization.ts';
import type { ContextServices } from './services.ts';
import { TargetValue } from './target.ts';
import { variableFunction } from './var.ts';

/** Who reads: decides which variables apply and what errors and logs call it. */
export interface Reader {
  readonly packageName: string;
  /** `model shop.orders (models/orders.sql)`; null where no node renders. */
  readonly label: string | null;
  readonly uniqueId: string | null;
  readonly reads: Reads | null;
  /** True where a node is parsed: a variable that is not set is None, as the node may be disabled or never run. */
  readonly parsing: boolean;
  /** Whether `env_var` gives variables of which the name begins with `DBT_ENV_SECRET`. */
  readonly allowSecrets: boolean;
}

/** What the values of base names are made of in one render. */
export interface BaseScope {
  readonly services: ContextServices;
  readonly reader: Reader;
  /** All names of the render, for templates within values. */
  names(): OwnNames;
}

/** The names that every template of an invocation has, whatever it renders. */
export function baseNames(services: ContextServices, reader: Reader): OwnNames {
  const names: OwnNames = new TableNames(baseTable, { services, reader, names: () => names });
  return names;
}

function variables({ services, reader, names }: BaseScope): Value {
  const scope = new ContextNames(services.registry, reader.packageName, names(), reader.reads);
  const { limits } = services;
  const environment = scope.attach(createEnvironment({ undefinedPolicy: 'execute', names: scope, limits }));
  return variableFunction(services, reader, (name, text) =>
    renderSync(parseTemplate({ path: `var '${name}'`, text }), environment),
  );
}

function environmentVariables(services: ContextServices, reader: Reader): Value {
  const { world, secrets, restriction } = services;
  const { reads, allowSecrets } = reader;
  const allowed = restriction?.allowedEnv ?? null;
  return envVarFunction({ env: world.env, reads, allowSecrets, allowed, secrets });
}

function logFunction({ services, reader }: BaseScope): Value {
  return hostFunction('log', ['msg', ['info', false]], (message, info) => {
    const level = info === true ? 'info' : 'debug';
    services.emit({ name: 'template-log', text: str(message!), level, uniqueId: reader.uniqueId });
    return '';
  });
}

function printFunction({ services, reader }: BaseScope): Value {
  return hostFunction('print', ['msg'], (message) => {
    services.emit({ name: 'template-print', text: str(message!), uniqueId: reader.uniqueId });
    return '';
  });
}

function volatile(reads: Reads | null, value: Value): Value {
  reads?.volatile();
  return value;
}

/** Python's modules with the invocation's frozen clock; a template that asks for the time is rendered every time. */
function modulesOf({ world, report }: ContextServices, reads: Reads | null): Value {
  const clock = {
    get startedAt() {
      reads?.volatile();
      return world.startedAt;
    },
    now: world.now,
  };
  return createModules(clock, () => report(itertoolsDeprecated()));
}

/** `run_started_at`: the invocation's frozen time, a datetime in UTC. */
function startedAt(services: ContextServices): Value {
  return dateTimeAt(services.world.startedAt, utc) as unknown as Value;
}

function metadataEnvs(env: ReadonlyMap<string, string>): Value {
  const prefix = 'DBT_ENV_CUSTOM_ENV_';
  const out = new PyDict();
  for (const [name, value] of env) if (name.startsWith(prefix)) out.set(name.slice(prefix.length), value);
  return out;
}

const returnFunction = hostFunction('return', [['data', null]], (data) => {
  throw new MacroReturn(data!);
});

const zipAll = (args: readonly Value[]): Value => {
  const columns = args.map((argument) => iterate(argument));
  const length = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
  return iteratorOf(Array.from({ length }, (_, row) => tupleOf(columns.map((column) => column[row]!))));
};

/** The lenient twin of a conversion: an argument that is not iterable gives `default`. */
function orDefault(work: () => Value, fallback: Value): Value {
  try {
    return work();
  } catch {
    return fallback;
  }
}

const fixedFunctions: readonly Callable[] = [
  returnFunction,
  ...serializationFunctions(),
  hostFunction('set', ['value', ['default', null]], (value, fallback) =>
    orDefault(() => new PySet(iterate(value!)), fallback!),
  ),
  hostFunction('set_strict', ['value'], (value) => new PySet(iterate(value!))),
  callable('zip', (args, kwargs) => orDefault(() => zipAll(args), kwargs?.get('default') ?? null)),
  callable('zip_strict', (args) => zipAll(args)),
  hostFunction('local_md5', ['value'], (value) =>
    createHash('md5').update(str(value!), 'utf8').digest('hex'),
  ),
  hostFunction('diff_of_two_dicts', ['dict_a', 'dict_b'], (a, b) => difference(a!, b!)),
  hostFunction('debug', [], () => ''),
];

/**
 * Entries of the first dict whose value (a list) has items that the second lacks, as they are spelled in the first; keys
 * and items are compared in lower case.
 */
function difference(a: Value, b: Value): Value {
  if (!isDict(a) || !isDict(b)) return raise('TypeError', 'diff_of_two_dicts() takes two dictionaries');
  const out = new PyDict();
  const lower = (value: Value): Value => (isText(value) ? str(value).toLowerCase() : value);
  const other = new Map<string, readonly Value[]>();
  for (const key of iterate(b)) other.set(str(lower(key)), iterate(dictGet(b, key)!).map(lower));
  for (const key of iterate(a)) {
    const items = iterate(dictGet(a, key)!);
    const known = other.get(str(lower(key)));
    const rest = known === undefined ? [...items] : items.filter((item) => !known.includes(lower(item)));
    if (rest.length > 0 || known === undefined) out.set(key, rest);
  }
  return out;
}

export const baseTable: NameTable<BaseScope> = new Map<string, (scope: BaseScope) => Value>([
  ...fixedFunctions.map((fixed) => [fixed.name, () => fixed] as const),
  ['exceptions', ({ services }) => exceptionsObject(services.report)],
  ['var', variables],
  ['env_var', ({ services, reader }) => environmentVariables(services, reader)],
  ['target', ({ services, reader }) => new TargetValue(services.target, reader.reads) as unknown as Value],
  ['flags', ({ services, reader }) => new Flags(services.flags, reader.reads) as unknown as Value],
  ['dbt_version', () => dbtVersion],
  ['project_name', ({ services }) => services.projectName],
  ['thread_id', ({ services }) => services.threadId ?? 'MainThread'],
  ['invocation_id', ({ services, reader }) => volatile(reader.reads, services.invocationId)],
  ['modules', ({ services, reader }) => modulesOf(services, reader.reads)],
  ['run_started_at', ({ services, reader }) => volatile(reader.reads, startedAt(services))],
  [
    'invocation_args_dict',
    ({ services, reader }) => volatile(reader.reads, fromPlain(services.invocationArgs)),
  ],
  ['dbt_metadata_envs', ({ services, reader }) => volatile(reader.reads, metadataEnvs(services.world.env))],
  ['log', logFunction],
  ['print', printFunction],
]);
