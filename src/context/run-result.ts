import { HOST, type HostType } from '../jinja/host.ts';
import { truth } from '../jinja/operations.ts';
import { str } from '../jinja/text.ts';
import { hostFunction, type Value } from '../jinja/values.ts';
import { DateTime } from './modules/datetime/datetime.ts';
import { parseIsoDateTime } from './modules/datetime/iso-parse.ts';
import { fromPlain } from './plain.ts';

type PlainRecord = Readonly<Record<string, unknown>>;

interface Timing {
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly completedAt: number;
}

/** What `on-run-end` hooks see of one node's result. */
export interface ResultParts {
  /** The fields of `run_results.json`; a time is text there. */
  readonly record: PlainRecord & { readonly timing: readonly PlainRecord[] };
  readonly timings: readonly Timing[];
  readonly node: PlainRecord;
  /** The node without the keys that nothing was given for. */
  readonly givenNode: () => PlainRecord;
  /** Of a source that answered: when its newest row came, when it was asked (ISO 8601), and the seconds between. */
  readonly age: { readonly newest: string; readonly asked: string; readonly seconds: number } | null;
}

/**
 * A result as dbt's hooks have it: no mapping, but an object with attributes, its node, the node's config and its
 * timings likewise. `to_dict` gives the mapping; times are text there, and datetimes in UTC without a zone else.
 */
export function resultObject({ record, timings, node, givenNode, age }: ResultParts): Value {
  const end = age === null ? endOf(record) : ageFields(age, (text) => text);
  const timing = timings.map((one, index) => timingObject(one, record.timing[index]!));
  const own = {
    ...ordered(record, timing, nodeObject(node, givenNode)),
    ...(age === null ? end : ageFields(age, dateTime)),
    skipped: record['status'] === 'skipped',
  };
  return new Fields('RunResult', own, (bare) =>
    bare
      ? withoutNulls({ ...ordered(record, record.timing, givenNode()), ...end })
      : { ...ordered(record, record.timing, node), ...end },
  ) as unknown as Value;
}

/** dbt's order of the fields. */
const ordered = (record: PlainRecord, timing: unknown, node: unknown): PlainRecord => ({
  status: record['status'],
  timing,
  thread_id: record['thread_id'],
  execution_time: record['execution_time'],
  adapter_response: record['adapter_response'],
  message: record['message'],
  failures: record['failures'],
  node,
});

const endOf = (record: PlainRecord): PlainRecord => ({
  agate_table: null,
  batch_results: record['batch_results'],
});

/** Where a source's result has other fields than a node's. */
const ageFields = (
  { newest, asked, seconds }: NonNullable<ResultParts['age']>,
  time: (text: string) => unknown,
): PlainRecord => ({ max_loaded_at: time(newest), snapshotted_at: time(asked), age: seconds });

function dateTime(text: string): DateTime {
  const { civil, clock, zone } = parseIsoDateTime(text);
  return new DateTime(civil, clock, zone);
}

function nodeObject(node: PlainRecord, givenNode: () => PlainRecord): Fields {
  const dependsOn = node['depends_on'] as { readonly nodes: readonly string[] } | undefined;
  const own = {
    ...node,
    config: new ConfigFields(node['config'] as PlainRecord, () => givenNode()['config'] as PlainRecord),
    identifier: node['identifier'] ?? node['alias'] ?? node['name'],
    depends_on_nodes: dependsOn?.nodes ?? [],
  };
  return new Fields('Node', own, (bare) => (bare ? givenNode() : node));
}

function timingObject({ name, startedAt, completedAt }: Timing, record: PlainRecord): Fields {
  const own = { name, started_at: naive(startedAt), completed_at: naive(completedAt) };
  return new Fields('TimingInfo', own, () => record);
}

const naive = (milliseconds: number): DateTime =>
  DateTime.ofLocalMicros(BigInt(Math.round(milliseconds * 1000)), null);

const withoutNulls = (record: PlainRecord): PlainRecord =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));

/** An object of one of dbt's data classes. */
class Fields {
  readonly className: string;
  readonly toDict: Value;
  readonly #own: PlainRecord;
  /** What was asked for, so that a list or mapping that a template changes is the same one the next time. */
  readonly #asked = new Map<string, Value>();

  constructor(className: string, own: PlainRecord, dict: (withoutNulls: boolean) => PlainRecord) {
    this.className = className;
    this.#own = own;
    this.toDict = hostFunction('to_dict', [['omit_none', false]], (omitNone) =>
      fromPlain(dict(truth(omitNone!))),
    );
  }

  get names(): readonly string[] {
    return Object.keys(this.#own);
  }

  get(name: string): Value | undefined {
    if (!Object.hasOwn(this.#own, name)) return undefined;
    let value = this.#asked.get(name);
    if (value === undefined) {
      value = fromPlain(this.#own[name]);
      this.#asked.set(name, value);
    }
    return value;
  }

  get [HOST](): HostType<Fields> {
    return fieldsType;
  }
}

const fieldsType: HostType<Fields> = {
  typeName: 'result',
  attr: (self, name) => (name === 'to_dict' ? self.toDict : self.get(name)),
  attrNames: (self) => [...self.names, 'to_dict'],
  repr: (self) => `${self.className}(...)`,
};

/** A node's config: what is not set is none, not undefined; hooks go by the names of attributes. */
class ConfigFields extends Fields {
  readonly getFunction: Value;

  constructor(config: PlainRecord, given: () => PlainRecord) {
    const entries = Object.entries(config).map(([key, value]) => [attributeOf(key), value] as const);
    super('Config', Object.fromEntries(entries), (bare) => (bare ? given() : config));
    this.getFunction = hostFunction(
      'get',
      ['key', ['default', null]],
      (key, fallback) => this.get(str(key!)) ?? fallback!,
    );
  }

  override get [HOST](): HostType<ConfigFields> {
    return configType;
  }
}

const attributeOf = (key: string): string =>
  key === 'pre-hook' || key === 'post-hook' ? key.replace('-', '_') : key;

const configType: HostType<ConfigFields> = {
  typeName: 'config',
  attr: (self, name) => (name === 'get' ? self.getFunction : fieldsType.attr!(self, name)),
  attrNames: (self) => [...self.names, 'get', 'to_dict'],
  item: (self, key) => self.get(str(key)) ?? null,
  iterate: (self) => self.names,
  length: (self) => self.names.length,
  contains: (self, item) => self.names.includes(str(item)),
};
