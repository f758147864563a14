import { duckdb } from './duckdb.ts';
import { postgres } from './postgres.ts';
import type { Ability, Warehouse } from './warehouse.ts';

/** Every warehouse that the suite runs on: `describe.each(warehouses)('$name', (warehouse) => ...)`. */
export const warehouses: readonly Warehouse[] = [duckdb, postgres];

/** The warehouses that can do all of this; the others say in `lacks` why they cannot. */
export const having = (...abilities: readonly Ability[]): readonly Warehouse[] =>
  warehouses.filter(({ lacks }) => abilities.every((ability) => lacks[ability] === undefined));

/** The warehouses that cannot do this, for what they do instead. */
export const lacking = (ability: Ability): readonly Warehouse[] =>
  warehouses.filter(({ lacks }) => lacks[ability] !== undefined);
