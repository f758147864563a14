import { HOST, type HostType } from '../../jinja/host.ts';
import type { Value } from '../../jinja/values.ts';

/** `adapter.behavior`: the project's flags by their lower-case name; any that is not set is false. */
export class Behavior {
  readonly flags: ReadonlyMap<string, Value>;

  constructor(flags: ReadonlyMap<string, Value>) {
    this.flags = flags;
  }

  get [HOST](): HostType<Behavior> {
    return behaviorType;
  }
}

const behaviorType: HostType<Behavior> = {
  typeName: 'Behavior',
  attr: (self, name) => self.flags.get(name) ?? self.flags.get(name.toUpperCase()) ?? false,
};
