import { HASH, type HashKey } from '../../jinja/hash-key.ts';
import { HOST, type HostType } from '../../jinja/host.ts';
import type { Callable, Value } from '../../jinja/values.ts';

/** A Python class as templates see it: called to make an instance, with class methods and constants as attributes. */
export class ClassObject {
  /** With its module: `datetime.date`. */
  readonly name: string;
  readonly construct: Callable;
  readonly members: ReadonlyMap<string, Value>;

  constructor(
    name: string,
    construct: Callable,
    members: readonly (Callable | readonly [string, Value])[] = [],
  ) {
    this.name = name;
    this.construct = construct;
    this.members = new Map(members.map((member) => ('call' in member ? [member.name, member] : member)));
  }

  get [HOST](): HostType<ClassObject> {
    return classType;
  }

  [HASH](): HashKey {
    return this;
  }
}

const classType: HostType<ClassObject> = {
  typeName: 'type',
  attr: (self, name) => self.members.get(name),
  attrNames: (self) => [...self.members.keys()],
  call: (self, args, kwargs) => self.construct.call(args, kwargs),
  repr: (self) => `<class '${self.name}'>`,
};
