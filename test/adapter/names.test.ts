import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duckdbFacts } from '../../adapters/duckdb/facts.ts';
import type { AdapterFacts } from '../../src/adapter/facts.ts';
import {
  fitsIdentifierLimit,
  identifierBytes,
  invocationMark,
  literal,
  parseStagingName,
  quoteIdentifier,
  renderRelation,
  stagingName,
} from '../../src/adapter/names.ts';

const short: AdapterFacts = { ...duckdbFacts, identifierLimit: 63 };
const backslashes: AdapterFacts = {
  ...duckdbFacts,
  syntax: { ...duckdbFacts.syntax, backslashEscapes: 'always' },
};
const invocationId = '6f1d2a30-9c1b-4c9d-8f6e-0123456789ab';

test('quotes inside a quoted name are doubled', () => {
  expect(quoteIdentifier(duckdbFacts, 'a"; drop table x; --')).toBe('"a""; drop table x; --"');
});

test('a relation prints its parts by the quoting policy and leaves absent ones out', () => {
  const name = { database: 'Db', schema: 'main', identifier: 'My Table' };
  expect(renderRelation(duckdbFacts, name)).toBe('"Db"."main"."My Table"');
  expect(renderRelation(duckdbFacts, { ...name, database: null })).toBe('"main"."My Table"');
  expect(renderRelation(duckdbFacts, name, { database: false, schema: false, identifier: true })).toBe(
    'Db.main."My Table"',
  );
});

test('text literals end where they are meant to', () => {
  expect(literal(duckdbFacts, "it's \\")).toBe("'it''s \\'");
  expect(literal(backslashes, "it's \\")).toBe("'it\\'s \\\\'");
});

test('values that are no text are printed as SQL has them', () => {
  expect([null, true, 1.5, 12n].map((value) => literal(duckdbFacts, value))).toEqual([
    'null',
    'true',
    '1.5',
    '12',
  ]);
  expect(() => literal(duckdbFacts, Number.NaN)).toThrow(TypeError);
});

test('names are measured in bytes', () => {
  const cyrillic = 'ж'.repeat(40);
  expect(identifierBytes(cyrillic)).toBe(80);
  expect(fitsIdentifierLimit(short, cyrillic)).toBe(false);
  expect(fitsIdentifierLimit(duckdbFacts, cyrillic)).toBe(true);
});

test('a staging name tells its destination, purpose, invocation and lease', () => {
  const destination = { database: 'db', schema: 's', identifier: 'orders' };
  const name = stagingName(duckdbFacts, destination, {
    invocationId,
    suffix: 'new',
    leaseUntil: 1_700_000_000_000,
  });
  expect(name).toEqual({ ...destination, identifier: 'orders__sluice_new_0123456789ab_s44we8' });
  expect(parseStagingName(name.identifier)).toEqual({
    stem: 'orders',
    suffix: 'new',
    invocation: invocationMark(invocationId),
    leaseUntil: 1_700_000_000_000,
  });
  expect(parseStagingName(name.identifier.toUpperCase())?.invocation).toBe('0123456789ab');
});

test('names that are not ours are not taken for staging names', () => {
  for (const name of ['orders', 'orders__dbt_tmp', '__sluice_new_0123456789ab', 'a__sluice_new_0123']) {
    expect(parseStagingName(name)).toBeNull();
  }
});

const identifier = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 });

test('staging names fit the limit, are recognised, and differ where the destinations differ', () => {
  fc.assert(
    fc.property(identifier, identifier, (first, second) => {
      const make = (text: string) =>
        stagingName(short, { database: null, schema: 's', identifier: text }, { invocationId, suffix: 'new' })
          .identifier;
      expect(identifierBytes(make(first))).toBeLessThanOrEqual(63);
      expect(parseStagingName(make(first))).toMatchObject({ suffix: 'new', leaseUntil: null });
      expect(make(first) === make(second)).toBe(first === second);
    }),
  );
});

test('a cut staging name keeps whole characters', () => {
  const name = stagingName(
    short,
    { database: null, schema: 's', identifier: '💧'.repeat(30) },
    { invocationId, suffix: 'new' },
  );
  expect(name.identifier.isWellFormed()).toBe(true);
  expect(name.identifier.startsWith('💧')).toBe(true);
});
