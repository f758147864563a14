import type { AdapterEntry } from '../src/adapter/adapter.ts';
import { duckdb } from './duckdb/facts.ts';
import { postgres } from './postgres/facts.ts';

/** The adapters that come with sluice, by dbt's adapter type; no driver is loaded before its first connection. */
export const adapters: ReadonlyMap<string, AdapterEntry> = new Map(
  [duckdb, postgres].map((entry) => [entry.facts.type, entry]),
);
