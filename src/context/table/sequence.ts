import { HOST, type HostType } from '../../jinja/host.ts';
import { isIndex } from '../../jinja/numbers.ts';
import { equals } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { repr } from '../../jinja/text.ts';
import { PyDict, tuple, tupleOf, type Value } from '../../jinja/values.ts';
import { type HostMethod, membersOf, method } from '../host-members.ts';

/** Values by index and, where there are keys, by name: what agate calls a mapped sequence. */
export interface Sequence {
  readonly className: string;
  readonly values: readonly Value[];
  /** As many as there are values. */
  readonly keys: readonly Value[] | null;
  /** The value under a key; undefined where there is none. */
  named(key: Value): Value | undefined;
}

/** A row of a table, and the collections `table.rows` and `table.columns`. */
export class MappedSequence implements Sequence {
  readonly className: 'Row' | 'MappedSequence' | 'TableSet';
  readonly values: readonly Value[];
  readonly keys: readonly Value[] | null;
  #index: PyDict | null = null;

  constructor(
    className: MappedSequence['className'],
    values: readonly Value[],
    keys: readonly Value[] | null,
  ) {
    this.className = className;
    this.values = values;
    this.keys = keys;
  }

  named(key: Value): Value | undefined {
    if (this.keys === null) return undefined;
    if (this.keys.length <= 8 && typeof key === 'string') {
      const at = this.keys.indexOf(key);
      return at < 0 ? undefined : this.values[at];
    }
    this.#index ??= dictOf(this);
    return this.#index.get(key);
  }

  get [HOST](): HostType<MappedSequence> {
    return mappedSequenceType;
  }
}

function dictOf(self: Sequence): PyDict {
  const { keys, values } = self;
  if (keys === null) return raise('KeyError', `this ${self.className} has no keys`);
  return PyDict.fromEntries(keys.map((key, index) => [key, values[index]!]));
}

/** Python's text of a tuple's first five items. */
function sample(self: Sequence): string {
  const shown = self.values.slice(0, 5).map(repr);
  if (self.values.length > 5) shown.push('...');
  return `<agate.${self.className}: (${shown.join(', ')})>`;
}

function sameItems(self: Sequence, other: Value): boolean {
  const items = Array.isArray(other) ? other : isSequence(other) ? other.values : null;
  if (items === null || items.length !== self.values.length) return false;
  return self.values.every((value, index) => value === items[index] || equals(value, items[index]!));
}

const isSequence = (value: Value): value is Value & Sequence =>
  typeof value === 'object' && value !== null && 'className' in value && 'values' in value && 'keys' in value;

const sequenceMethods = {
  values: method<Sequence>([], (self) => tupleOf(self.values)),
  keys: method<Sequence>([], (self) => (self.keys === null ? null : tupleOf(self.keys))),
  items: method<Sequence>([], (self) => {
    if (self.keys === null) return raise('TypeError', `this ${self.className} has no keys`);
    return tupleOf(self.keys.map((key, index) => tuple(key, self.values[index]!)));
  }),
  dict: method<Sequence>([], (self) => dictOf(self)),
  get: method<Sequence>(['key', ['default', null]], (self, key, fallback) => {
    if (self.keys === null) return raise('KeyError', `this ${self.className} has no keys`);
    return self.named(key!) ?? fallback!;
  }),
  index: method<Sequence>(['value'], (self, value) => {
    const at = self.values.findIndex((each) => each === value || equals(each, value!));
    return at < 0 ? raise('ValueError', `${repr(value!)} is not in this ${self.className}`) : at;
  }),
  count: method<Sequence>(['value'], (self, value) => {
    return self.values.filter((each) => each === value || equals(each, value!)).length;
  }),
};

/** The host type of a sequence, with further members of its own. */
export function sequenceType<T extends Sequence>(
  typeName: string,
  properties: Readonly<Record<string, (self: T) => Value | undefined>>,
  methods: Readonly<Record<string, HostMethod<T>>>,
): HostType<T> {
  return {
    typeName,
    ...membersOf<T>(properties, { ...omit(sequenceMethods, properties), ...methods }),
    item: (self, key) => {
      if (typeof key === 'boolean' || !isIndex(key)) return self.named(key);
      const index = Number(key);
      return self.values[index < 0 ? index + self.values.length : index];
    },
    iterate: (self) => self.values,
    length: (self) => self.values.length,
    sequence: (self) => self.values,
    contains: (self, item) => self.values.some((value) => value === item || equals(value, item)),
    equals: sameItems,
    repr: sample,
  };
}

function omit<T>(
  methods: Readonly<Record<string, HostMethod<Sequence>>>,
  properties: Readonly<Record<string, T>>,
): Readonly<Record<string, HostMethod<Sequence>>> {
  return Object.fromEntries(Object.entries(methods).filter(([name]) => !Object.hasOwn(properties, name)));
}

const mappedSequenceType: HostType<MappedSequence> = sequenceType<MappedSequence>('MappedSequence', {}, {});
