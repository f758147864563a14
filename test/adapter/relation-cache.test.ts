import { expect, test } from 'vitest';
import { duckdbFacts } from '../../adapters/duckdb/facts.ts';
import type { Relation } from '../../src/adapter/relation.ts';
import { RelationCache } from '../../src/adapter/relation-cache.ts';

const main = { database: 'db', schema: 'main' };
const table = (identifier: string): Relation => ({ ...main, identifier, type: 'table' });

test('callers at the same time share one listing', async () => {
  const cache = new RelationCache(duckdbFacts);
  let listings = 0;
  const list = async () => {
    listings += 1;
    return [table('a')];
  };
  await Promise.all([cache.load(main, list), cache.load({ ...main, schema: 'MAIN' }, list)]);
  await cache.load(main, list);
  expect(listings).toBe(1);
  expect(cache.get(table('A'))).toEqual(table('a'));
  expect(cache.get(table('b'))).toBeNull();
});

test('a schema that was not listed is unknown, not empty', () => {
  const cache = new RelationCache(duckdbFacts);
  expect(cache.known(main)).toBe(false);
  expect(() => cache.get(table('a'))).toThrow("'db.main'");
  expect(() => cache.list(main)).toThrow("'db.main'");
});

test('a failed listing stays failed for its schema and for no other', async () => {
  const cache = new RelationCache(duckdbFacts);
  const refused = new Error('no permission');
  await expect(cache.load(main, async () => Promise.reject(refused))).rejects.toBe(refused);
  await expect(cache.load(main, async () => [])).rejects.toBe(refused);
  expect(() => cache.get(table('a'))).toThrow(refused);
  expect(cache.known(main)).toBe(false);
  const other = { ...main, schema: 'other' };
  await cache.load(other, async () => []);
  expect(cache.list(other)).toEqual([]);
});

test('what our steps make, drop and rename is known at once', async () => {
  const cache = new RelationCache(duckdbFacts);
  await cache.load(main, async () => [table('a'), table('b')]);
  cache.add({ ...table('c'), type: 'view' });
  cache.drop(table('A'));
  cache.rename(table('b'), table('d'));
  expect(cache.list(main)).toEqual([{ ...table('c'), type: 'view' }, table('d')]);
});

test('steps that end while a schema is being listed are not lost', async () => {
  const cache = new RelationCache(duckdbFacts);
  let arrive: (relations: Relation[]) => void = () => undefined;
  const loading = cache.load(main, () => new Promise((resolve) => (arrive = resolve)));
  cache.add(table('new'));
  cache.drop(table('old'));
  arrive([table('old')]);
  await loading;
  expect(cache.list(main)).toEqual([table('new')]);
});

test('a schema that we made is known and empty', () => {
  const cache = new RelationCache(duckdbFacts);
  cache.clear(main);
  expect(cache.known(main)).toBe(true);
  expect(cache.list(main)).toEqual([]);
});
