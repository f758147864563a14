import { HOST, type HostType } from '../jinja/host.ts';
import { Undefined, type Value } from '../jinja/values.ts';
import type { Reads } from './reads.ts';

/** `flags`: attributes in upper case; what was read is recorded. Unknown ones are undefined, as in dbt. */
export class Flags {
  readonly values: ReadonlyMap<string, Value>;
  readonly reads: Reads | null;

  constructor(values: ReadonlyMap<string, Value>, reads: Reads | null) {
    this.values = values;
    this.reads = reads;
  }

  get [HOST](): HostType<Flags> {
    return flagsType;
  }

  find(name: string): Value | undefined {
    this.reads?.flag(name);
    return this.values.get(name);
  }
}

const flagsType: HostType<Flags> = {
  typeName: 'Flags',
  attr: (self, name) => {
    if (name !== 'get') return self.find(name);
    return undefined;
  },
  attrNames: (self) => {
    self.reads?.volatile();
    return [...self.values.keys()];
  },
  item: (self, key) => self.find(String(key)) ?? new Undefined(String(key)),
};
