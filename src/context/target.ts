import { HOST, type HostType } from '../jinja/host.ts';
import { str } from '../jinja/text.ts';
import { hostFunction, tuple, type Value } from '../jinja/values.ts';
import type { Reads } from './reads.ts';

/** `target`: reads like a dict and by attribute; what was read is recorded. */
export class TargetValue {
  readonly fields: Readonly<Record<string, Value>>;
  readonly reads: Reads | null;

  constructor(fields: Readonly<Record<string, Value>>, reads: Reads | null) {
    this.fields = fields;
    this.reads = reads;
  }

  get [HOST](): HostType<TargetValue> {
    return targetType;
  }

  find(name: string): Value | undefined {
    this.reads?.target(name);
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  /** All fields at once, which is to read each of them. */
  all(): Readonly<Record<string, Value>> {
    for (const name of Object.keys(this.fields)) this.reads?.target(name);
    return this.fields;
  }
}

const targetType: HostType<TargetValue> = {
  typeName: 'dict',
  isMapping: true,
  attr: (self, name) => self.find(name) ?? methods[name]?.(self),
  attrNames: (self) => Object.keys(self.fields),
  item: (self, key) => self.find(str(key)),
  iterate: (self) => Object.keys(self.fields),
  length: (self) => Object.keys(self.fields).length,
  contains: (self, key) => self.find(str(key)) !== undefined,
  toJson: (self) => ({ ...self.all() }),
};

const methods: Readonly<Record<string, (self: TargetValue) => Value>> = {
  get: (self) =>
    hostFunction('get', ['key', ['default', null]], (key, fallback) => self.find(str(key!)) ?? fallback!),
  keys: (self) => hostFunction('keys', [], () => Object.keys(self.fields)),
  values: (self) => hostFunction('values', [], () => Object.values(self.all())),
  items: (self) =>
    hostFunction('items', [], () => Object.entries(self.all()).map(([key, value]) => tuple(key, value))),
};
