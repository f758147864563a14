import { expect, test } from 'vitest';
import type { ConstraintSupport } from '../../../src/adapter/facts.ts';
import { constraintFunctions } from '../../../src/context/adapter/constraints.ts';
import { fromPlain } from '../../../src/context/plain.ts';
import type { Diagnostic } from '../../../src/core/diagnostic.ts';
import { postgresLike } from '../sample-facts.ts';

/** What a table of one column gets, and what is told, where the warehouse keeps `unique` as it says. */
function rendered(unique: ConstraintSupport, constraint: Readonly<Record<string, unknown>>) {
  const told: Diagnostic[] = [];
  const [columns, model] = constraintFunctions({
    facts: { ...postgresLike, constraints: { ...postgresLike.constraints, unique } },
    report: (diagnostic) => told.push(diagnostic),
  });
  return {
    column: columns!.call(
      [fromPlain({ id: { name: 'id', data_type: 'int', constraints: [constraint] } })],
      null,
    ),
    model: model!.call([fromPlain([{ ...constraint, columns: ['id'] }])], null),
    told: told.map(({ event }) => event),
  };
}

test('a constraint that the warehouse does not know is left out, and told unless it says that this is known', () => {
  expect(rendered('not_supported', { type: 'unique' })).toEqual({
    column: ['id int'],
    model: [],
    told: ['ConstraintNotSupported', 'ConstraintNotSupported'],
  });
  expect(rendered('not_supported', { type: 'unique', warn_unsupported: false }).told).toEqual([]);
  expect(rendered('not_supported', { type: 'unique', warn_unenforced: false }).told).toHaveLength(2);
});

test('a constraint that the warehouse does not enforce is written, and told unless it says that this is known', () => {
  expect(rendered('not_enforced', { type: 'unique' })).toEqual({
    column: ['id int unique'],
    model: ['unique (id)'],
    told: ['ConstraintNotEnforced', 'ConstraintNotEnforced'],
  });
  expect(rendered('not_enforced', { type: 'unique', warn_unenforced: false }).told).toEqual([]);
});

test('a constraint that is enforced, or written in SQL, is nobody’s concern', () => {
  expect(rendered('enforced', { type: 'unique' }).told).toEqual([]);
  expect(rendered('not_supported', { type: 'custom', expression: 'check (id > 0)' })).toEqual({
    column: ['id int check (id > 0)'],
    model: ['check (id > 0)'],
    told: [],
  });
});
