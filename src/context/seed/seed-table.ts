import { HOST, type HostType } from '../../jinja/host.ts';
import { tupleOf, type Value } from '../../jinja/values.ts';
import type { Seed } from './read-seed.ts';

/**
 * What a seed's macros get as their table: its columns and the number of rows. The rows themselves go to the
 * warehouse as a stream, so that a file of any size fits.
 */
export class SeedTable {
  readonly seed: Seed;

  constructor(seed: Seed) {
    this.seed = seed;
  }

  get [HOST](): HostType<SeedTable> {
    return seedTableType;
  }
}

const names = (self: SeedTable): Value => tupleOf(self.seed.columns.map((column) => column.name));

const members: Readonly<Record<string, (self: SeedTable) => Value>> = {
  column_names: names,
  original_abspath: (self) => self.seed.path,
};

const seedTableType: HostType<SeedTable> = {
  typeName: 'SeedTable',
  attr: (self, name) => members[name]?.(self),
  attrNames: () => Object.keys(members),
};
