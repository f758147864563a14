import type { Cell, StatementResult } from '../../adapter/cell.ts';
import { compileNode } from '../../compile/compile-node.ts';
import { destinationOf, relationOfNode } from '../../compile/relations.ts';
import type { StoredResult } from '../../context/results.ts';
import { Table } from '../../context/table/table.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import type { TestNode } from '../../manifest/node.ts';
import { planNode } from '../../plan/plan-node.ts';
import { testFailuresNotWhole, testResultShape, testVerdictUnclear } from '../errors.ts';
import { isCancelled, warehouseErrorIn } from '../failures.ts';
import type { ItemRun } from '../item-run.ts';
import { fenced, type NodeSession } from '../node-session.ts';
import { executeProgram, programOf, responseOf, withProgramSession } from '../programs/run-program.ts';
import { executePlan } from '../publish/execute-plan.ts';
import { lookAtDestination } from '../publish/look-at-destination.ts';
import type { RunServices } from '../services.ts';
import { countingTerms } from './counting-statement.ts';
import { thresholdOf } from './fusable-test.ts';
import { previewQuery } from './preview-query.ts';
import { storedAs } from './stored-failures.ts';

/** Runs a data test: its query gives one row for every failure. */
export async function runTest(services: RunServices, node: TestNode, item: ItemRun): Promise<void> {
  if (await passedWithOthers(services, node, item)) return;
  const program = programOf(services, node);
  await withProgramSession(services, node, item, { undeclaredRefs: false }, async (session) => {
    const compiled = await item.timed('compile', () => compileNode(services.compile, session.scope));
    await item.compiled(services.compile, compiled);
    await item.timed('execute', async () => {
      if (program !== undefined) {
        const { compiledPath } = item;
        const run = { session, program, sql: compiled.sql, compiledPath };
        const main = await executeProgram(services, node, run, 'anything');
        const isFound = judge(services, node, countedBy(node, main!), item);
        if (isFound) await showFailures(services, session, item, compiled.sql);
        return;
      }
      const stored = storedAs(services, node);
      const sql = await limited(session, node, compiled.sql);
      const query = stored === null ? sql : await storeFailures(services, session, node, sql, stored);
      const counted = await countFailures(services, session, node, query, item);
      if (judge(services, node, counted, item)) await showFailures(services, session, item, query);
    });
  });
}

/** True where the scan for all tests of the relation says that this one finds nothing. */
async function passedWithOthers(services: RunServices, node: TestNode, item: ItemRun): Promise<boolean> {
  const { fused } = services;
  if (fused === null) return false;
  const member = await item.timed('compile', () => fused.member(services, node));
  const response = member === null ? null : await item.timed('execute', () => member.passed);
  if (response === null) {
    item.restart();
    return false;
  }
  await item.compiled(services.compile, member!.compiled);
  item.built(services.compile, node, member!.asked);
  const { warnIf, errorIf } = countingTerms(node);
  const verdict = { shouldWarn: thresholdOf(warnIf)!, shouldError: thresholdOf(errorIf)! };
  judge(services, node, { failures: 0, response, ...verdict }, item);
  return true;
}

/** The test's query with its `limit`: what is kept of the failures is limited as well as what is counted. */
async function limited(session: NodeSession, node: TestNode, sql: string): Promise<string> {
  const { limit } = node.config as Readonly<Record<string, unknown>>;
  return typeof limit === 'number' ? session.render('get_limit_subquery_sql', [sql, limit]) : sql;
}

interface Counted {
  readonly failures: number;
  readonly shouldWarn: boolean;
  readonly shouldError: boolean;
  readonly response: StatementResult['response'];
}

async function countFailures(
  services: RunServices,
  session: NodeSession,
  node: TestNode,
  query: string,
  item: ItemRun,
): Promise<Counted> {
  const sql = await services.counting.of(session, node, query);
  item.built(services.compile, node, sql);
  const result = await session.warehouse.execute(sql, { autoBegin: false, fetch: true, limit: null });
  return counted(node, result.rows, result.response);
}

/** What the main statement of a test's own materialization found. */
function countedBy(node: TestNode, { table, response }: StoredResult): Counted {
  const rows = table instanceof Table ? table.data.rows : [];
  return counted(
    node,
    rows.map((row) => row.map(plainCell)),
    responseOf(response),
  );
}

/** One row says how many failures there are, and what that means. */
function counted(node: TestNode, rows: readonly (readonly Cell[])[], response: Counted['response']): Counted {
  const [row, second] = rows;
  if (row === undefined || second !== undefined || row.length !== 3) {
    throw new DiagnosticError(testResultShape(node, rows.length));
  }
  const [failures, shouldWarn, shouldError] = row as readonly [Cell, Cell, Cell];
  return {
    failures: toCount(node, failures),
    shouldWarn: toBoolean(node, shouldWarn),
    shouldError: toBoolean(node, shouldError),
    response,
  };
}

const plainCell = (value: Value): Cell =>
  value === null || typeof value === 'boolean' || typeof value === 'number' ? value : str(value);

/** `fail_calc` may give a decimal, as a sum does, but a whole one. */
function toCount(node: TestNode, cell: Cell): number {
  const isNumber =
    typeof cell === 'number' || typeof cell === 'bigint' || (typeof cell === 'string' && cell.trim() !== '');
  const number = isNumber ? Number(cell) : Number.NaN;
  if (!Number.isInteger(number)) {
    throw new DiagnosticError(testFailuresNotWhole(node, cell === null ? 'null' : String(cell)));
  }
  return number;
}

/** Words that mean yes and no; another text says neither. */
function toBoolean(node: TestNode, cell: Cell): boolean {
  if (typeof cell !== 'string') return Boolean(cell);
  const word = cell.toLowerCase();
  if (['y', 'yes', 't', 'true', 'on', '1'].includes(word)) return true;
  if (['n', 'no', 'f', 'false', 'off', '0'].includes(word)) return false;
  throw new DiagnosticError(testVerdictUnclear(node, cell));
}

/** Ends the item with the test's verdict; true where it found what it looks for. */
function judge(
  { warningsFail }: RunServices,
  node: TestNode,
  { failures, shouldWarn, shouldError, response }: Counted,
  item: ItemRun,
): boolean {
  const { severity } = node.config as Readonly<Record<string, unknown>>;
  const { warnIf, errorIf } = countingTerms(node);
  const found = `Got ${failures} ${failures === 1 ? 'result' : 'results'}`;
  if (String(severity ?? 'ERROR').toUpperCase() === 'ERROR' && shouldError) {
    item.tested('fail', failures, `${found}, configured to fail if ${errorIf}`, response);
  } else if (shouldWarn) {
    const status = warningsFail ? 'fail' : 'warn';
    const message = `${found}, configured to ${status} if ${warnIf}`;
    item.tested(status, failures, message, response);
  } else {
    // As in dbt: rows that the test's limits let through are no failures.
    item.tested('pass', 0, null, response);
    return false;
  }
  return true;
}

/** Some of the rows for people to look at; that they cannot be had changes no verdict. */
async function showFailures(
  { showFailures: most }: RunServices,
  { warehouse }: NodeSession,
  item: ItemRun,
  query: string,
): Promise<void> {
  if (most <= 0) return;
  try {
    const { columns, rows } = await warehouse.send(previewQuery(query, most + 1));
    item.found({ columns, rows: rows.slice(0, most), more: rows.length > most });
  } catch (thrown) {
    if (isCancelled(thrown) || warehouseErrorIn(thrown) === null) throw thrown;
  }
}

/** Puts the failing rows into a relation of their own, replacing the last run's; gives the query that reads them. */
async function storeFailures(
  services: RunServices,
  session: NodeSession,
  node: TestNode,
  sql: string,
  materialized: 'table' | 'view',
): Promise<string> {
  const destination = destinationOf(services.compile.relations, node);
  await fenced(services, session.session, destination, async (fence) => {
    const existing = await lookAtDestination(services, session, node, fence);
    const plan = planNode({
      node: { ...node, config: { ...node.config, materialized } },
      recipes: services.adapter.recipes,
      facts: services.adapter.facts,
      existing,
      fullRefresh: false,
      hasMacro: () => false,
    });
    await executePlan({ services, node, session, plan, sql });
  });
  return `select * from ${relationOfNode(services.compile.relations, node).render()}`;
}
