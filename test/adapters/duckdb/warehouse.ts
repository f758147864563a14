import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { duckdb } from '../../../adapters/duckdb/facts.ts';
import type { Adapter, Session } from '../../../src/adapter/adapter.ts';
import type { Cell } from '../../../src/adapter/cell.ts';
import { type Failure, WarehouseError } from '../../../src/adapter/failure.ts';

const cleanUp: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A folder of its own for one test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-duckdb-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens what a profile's output says; closed at the end of the test. */
export async function openWarehouse(
  output: Readonly<Record<string, unknown>> = {},
  options: { readonly folder?: string; readonly readOnly?: boolean } = {},
): Promise<Adapter> {
  const read = duckdb.credentials(
    { type: 'duckdb', ...output },
    { workingDirectory: options.folder ?? tmpdir(), profileName: 'shop', targetName: 'dev' },
  );
  if ('errors' in read) throw new Error(read.errors.map(({ message }) => message).join('\n'));
  const { connect } = await duckdb.load();
  const adapter = await connect({
    credentials: read.credentials,
    invocationId: '6f1d2a30-9c1b-4c9d-8f6e-0123456789ab',
    readOnly: options.readOnly ?? false,
  });
  cleanUp.push(() => adapter.close());
  return adapter;
}

export async function openSession(output: Readonly<Record<string, unknown>> = {}): Promise<Session> {
  return (await openWarehouse(output)).openSession('test');
}

export async function rowsOf(session: Session, sql: string): Promise<readonly (readonly Cell[])[]> {
  return (await session.execute(sql)).rows;
}

/** The failure that the work ends with. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WarehouseError) return error.failure;
    throw error;
  }
  throw new Error('nothing failed');
}
