import type { Column } from '../../../adapter/relation.ts';
import { callMacro } from '../../../compile/call-macro.ts';
import { deferredRelation } from '../../../compile/deferral.ts';
import type { NodeScope } from '../../../compile/node-scope.ts';
import { relationOf } from '../../../compile/relations.ts';
import type { UnitTestScope } from '../../../compile/unit-tests/compile-unit-test.ts';
import { inputScope, queryOf } from '../../../compile/unit-tests/fixture-sql.ts';
import type { Input } from '../../../compile/unit-tests/inputs.ts';
import type { Part } from '../../../compile/unit-tests/test-places.ts';
import { fromPlain } from '../../../context/plain.ts';
import type { Diagnostic } from '../../../core/diagnostic.ts';
import { str } from '../../../jinja/text.ts';
import { PyDict } from '../../../jinja/values.ts';
import type { FixtureRows } from '../../../manifest/node.ts';
import { isRefused, warehouseErrorIn } from '../../failures.ts';
import type { NodeSession } from '../../node-session.ts';
import type { RunServices } from '../../services.ts';
import { cellsBeyondHeader, columnUnknown, relationMissing, valueInvalid } from './errors.ts';

/** A unit test that could not be run. */
export interface FailedUnitTest {
  readonly services: RunServices;
  readonly session: NodeSession;
  readonly scope: UnitTestScope;
  /** The tested query; null where it could not be compiled. */
  readonly sql: string | null;
}

/**
 * What in the rows of a test is to blame for its failure, all of it: inputs without a relation, columns that are not
 * there, values that are not of their column's type. Empty where it is something else. Asks the warehouse, which must
 * have no open transaction.
 */
export async function explainFailure(failed: FailedUnitTest): Promise<readonly Diagnostic[]> {
  const { session, scope, sql } = failed;
  const out: Diagnostic[] = [];
  for (const input of scope.read) {
    if (input.fixture.format !== 'sql') out.push(...(await explainInput(failed, input)));
  }
  const { expect } = scope.test;
  if (expect.format === 'sql' || sql === null) return out;
  const columns = await columnsOf(session, sql);
  if (columns === null) return out;
  const rows = { part: 'expect', rows: expect.rows, label: 'expected output' } as const;
  return [...out, ...(await explainRows(failed, session.scope, rows, columns))];
}

async function explainInput(failed: FailedUnitTest, input: Input): Promise<readonly Diagnostic[]> {
  const { services, session, scope } = failed;
  const { index: part, fixture, target } = input;
  const query = input.isCurrent ? null : await queryOf(services.compile, target, session.warehouse);
  const relation = relationOf(services.compile.relations, target).render();
  const other = target.resource_type === 'source' ? null : deferredRelation(services.compile, target);
  const columns =
    (await columnsOf(session, query ?? `select * from ${relation}`)) ??
    (other === null ? null : await columnsOf(session, `select * from ${other.render()}`));
  // A query that cannot be read says itself why.
  if (columns === null)
    return query === null ? [relationMissing(target, relation, scope.places.part(part))] : [];
  const rows = { part, rows: fixture.rows, label: `'${target.name}'` };
  return explainRows(failed, inputScope(services.compile, input, session.warehouse), rows, columns);
}

interface Rows {
  readonly part: Part;
  readonly rows: FixtureRows;
  /** As errors call what the rows are for. */
  readonly label: string;
}

async function explainRows(
  failed: FailedUnitTest,
  scope: NodeScope,
  { part, rows, label }: Rows,
  columns: readonly Column[],
): Promise<readonly Diagnostic[]> {
  if (rows === null || typeof rows === 'string') return [];
  const { places } = failed.scope;
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  const names = new Set(rows.flatMap((row) => Object.keys(row).map((name) => name.toLowerCase())));
  const unknown = [...names].filter((name) => !types.has(name));
  const out = unknown.map((name) => {
    const place = places.cell(part, name, null, 'key');
    const beyond = name === beyondHeader ? rows.map((row) => row[name]).find(Array.isArray) : undefined;
    return beyond === undefined
      ? columnUnknown(name, label, types.keys(), place)
      : cellsBeyondHeader(beyond, label, place);
  });
  for (const row of rows.slice(0, rowsAtMost)) {
    const cells = Object.entries(row).filter(([name]) => types.has(name.toLowerCase()));
    if ((await refusal(failed, scope, Object.fromEntries(cells), types)) === null) continue;
    for (const [name, value] of cells) {
      const type = types.get(name.toLowerCase())!;
      const message = await refusal(failed, scope, { [name]: value }, types);
      if (message !== null)
        out.push(valueInvalid(value, name, type, message, places.cell(part, name, value, 'value')));
    }
  }
  return out;
}

/** Where a row of CSV keeps the cells that no column of its header is for. */
const beyondHeader = 'null';

/** So many rows are looked at one by one. */
const rowsAtMost = 200;

/** What the warehouse says against values of these types; null where it takes them. */
async function refusal(
  { services, session }: FailedUnitTest,
  scope: NodeScope,
  row: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, string>,
): Promise<string | null> {
  try {
    const args = [fromPlain(row), PyDict.fromEntries([...types])];
    const values = await callMacro(services.compile, scope, 'format_row', args);
    const fields = values instanceof PyDict ? [...values.values()].map((value) => str(value)) : [];
    if (fields.length === 0) return null;
    await session.warehouse.execute(`select ${fields.join(', ')}`, {
      autoBegin: false,
      fetch: true,
      limit: null,
    });
    return null;
  } catch (thrown) {
    const error = warehouseErrorIn(thrown);
    if (error !== null && !isRefused(thrown)) throw thrown;
    // PostgreSQL takes nothing more in a transaction that failed: the next value would be blamed for it.
    await session.warehouse.rollback();
    // What a macro of the project's own says is the failure that is told already.
    return error?.failure.message ?? null;
  }
}

/** As the test's own statement has it: a text of several statements is none, and nothing of it is run. */
export const asSubquery = (sql: string): string => `select * from (\n${sql}\n) as tested`;

/** Null where the query cannot be bound. */
async function columnsOf({ warehouse }: NodeSession, sql: string): Promise<readonly Column[] | null> {
  try {
    return await warehouse.describeQuery(asSubquery(sql));
  } catch (thrown) {
    if (!isRefused(thrown)) throw thrown;
    return null;
  }
}
