import { tmpdir } from 'node:os';
import { afterEach, inject } from 'vitest';
import { postgres } from '../../../adapters/postgres/facts.ts';
import type { Adapter, Session } from '../../../src/adapter/adapter.ts';
import type { Cell } from '../../../src/adapter/cell.ts';
import type { Credentials } from '../../../src/adapter/facts.ts';
import { type Failure, WarehouseError } from '../../../src/adapter/failure.ts';
import { ask } from '../../postgres.ts';

export const invocationId = '6f1d2a30-9c1b-4c9d-8f6e-0123456789ab';

let schemas = 0;
let roles = 0;
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** An output for the test's server, in a schema that nobody else uses. */
export function output(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { type: 'postgres', ...inject('postgres'), schema: 'public', ...changes };
}

/** `home` is the folder whose `.postgresql` holds certificates. */
export function credentialsOf(changes: Readonly<Record<string, unknown>> = {}, home?: string): Credentials {
  const places = { workingDirectory: tmpdir(), ...(home === undefined ? {} : { home }) };
  const context = { ...places, profileName: 'shop', targetName: 'dev' };
  const read = postgres.credentials(output(changes), context);
  if ('errors' in read) throw new Error(read.errors.map(({ message }) => message).join('\n'));
  return read.credentials;
}

/** Opens what a profile's output says; closed at the end of the test. */
export async function openWarehouse(
  changes: Readonly<Record<string, unknown>> = {},
  home?: string,
): Promise<Adapter> {
  const { connect } = await postgres.load();
  const adapter = await connect({ credentials: credentialsOf(changes, home), invocationId, readOnly: false });
  cleanUp.push(() => adapter.close());
  return adapter;
}

export async function openSession(changes: Readonly<Record<string, unknown>> = {}): Promise<Session> {
  return (await openWarehouse(changes)).openSession('test');
}

/** An empty schema, dropped at the end of the test; unquoted names are looked for in it by sessions that ask so. */
export async function scratchSchema(warehouse: Adapter): Promise<string> {
  schemas += 1;
  const schema = `sluice_test_${process.pid}_${schemas}`;
  const session = await warehouse.openSession('scratch');
  await session.execute(`create schema ${schema}`);
  cleanUp.push(async () => {
    const last = await warehouse.openSession('scratch');
    await last.execute(`drop schema ${schema} cascade`);
    await last.release();
  });
  await session.release();
  return schema;
}

/** A role that may log in, by its own name as password; gone at the end of the test with all that is its own. */
export async function scratchRole(attributes = ''): Promise<string> {
  roles += 1;
  const role = `sluice_role_${process.pid}_${roles}`;
  await ask(`create role ${role} login password '${role}' ${attributes}`);
  cleanUp.push(async () => {
    await ask('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
    await ask(`drop owned by ${role} cascade`);
    await ask(`drop role ${role}`);
  });
  return role;
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

/** Waits until a query gives the value, asking again and again. */
export async function until(session: Session, sql: string, value: Cell): Promise<void> {
  while ((await rowsOf(session, sql))[0]?.[0] !== value)
    await new Promise((resolve) => setTimeout(resolve, 20));
}
