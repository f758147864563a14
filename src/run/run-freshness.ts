import type { StatementResult } from '../adapter/cell.ts';
import { isoDate } from '../context/modules/datetime/date.ts';
import { DateTime } from '../context/modules/datetime/datetime.ts';
import { isoClock } from '../context/modules/datetime/parts.ts';
import { fixedUtc } from '../context/modules/datetime/zone.ts';
import { StoredResult } from '../context/results.ts';
import { Table } from '../context/table/table.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { render } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import { repr } from '../jinja/text.ts';
import { typeName, type Value } from '../jinja/values.ts';
import type { SourceNode } from '../manifest/node.ts';
import { isRecord } from '../manifest/record.ts';
import { relationOfSource } from '../manifest/source-relation.ts';
import { freshnessNoTime, freshnessNotAsked, freshnessResultShape, freshnessTableOnly } from './errors.ts';
import type { ItemRun } from './item-run.ts';
import { type NodeSession, withNodeSession } from './node-session.ts';
import { responseOf } from './programs/run-program.ts';
import type { RunServices } from './services.ts';

/** Asks a source for its newest row, by the macros that a project may override, and says how old that is. */
export async function runFreshness(services: RunServices, node: SourceNode, item: ItemRun): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, async (session) => {
    const query = await item.timed('compile', async () => renderedQuery(session, node));
    await item.timed('execute', async () => {
      const { table, response } = await collected(services, session, node, query);
      const { rows } = table.data;
      const [row] = rows;
      if (row === undefined || rows.length > 1 || row.length !== 2) {
        throw new DiagnosticError(freshnessResultShape(node, macroOf(query), repr(rows as unknown as Value)));
      }
      const [newest, asked] = row as [Value, Value];
      const maxLoadedAt = newest === null ? firstMoment : instantOf(node, newest);
      const snapshottedAt = instantOf(node, asked);
      const ageSeconds = secondsOf(snapshottedAt - maxLoadedAt);
      const times = { maxLoadedAt: isoText(maxLoadedAt), snapshottedAt: isoText(snapshottedAt), ageSeconds };
      item.answered(statusOf(node, ageSeconds), times, response);
    });
  });
}

/** `loaded_at_query` with its templates filled in; it wins over `loaded_at_field`. Null where there is none. */
async function renderedQuery({ scope }: NodeSession, node: SourceNode): Promise<string | null> {
  if (node.loaded_at_query === null) return null;
  const path = `loaded_at_query of ${node.source_name}.${node.name}`;
  const template = parseTemplate({ path, text: node.loaded_at_query });
  return scope.warehouse.compiling(() => render(template, scope.context.environment));
}

const macroOf = (query: string | null): string =>
  query === null ? 'collect_freshness' : 'collect_freshness_custom_sql';

interface Collected {
  readonly table: Table;
  readonly response: StatementResult['response'];
}

async function collected(
  services: RunServices,
  session: NodeSession,
  node: SourceNode,
  query: string | null,
): Promise<Collected> {
  const relation = relationOfSource(services.compile.relations, node) as unknown as Value;
  const filter = isRecord(node.freshness) ? (node.freshness['filter'] as string | null) : null;
  if (query === null && node.loaded_at_field === null) {
    throw new DiagnosticError(freshnessNotAsked(node, services.adapter.facts.type));
  }
  const macro = macroOf(query);
  const args = query === null ? [relation, node.loaded_at_field, filter] : [relation, query];
  const result = await session.call(macro, args);
  if (result instanceof StoredResult && result.table instanceof Table) {
    return { table: result.table, response: responseOf(result.response) };
  }
  if (!(result instanceof Table)) {
    throw new DiagnosticError(freshnessResultShape(node, macro, repr(result)));
  }
  services.compile.context.report(freshnessTableOnly(macro));
  return { table: result, response: {} };
}

/** Microseconds since 1970 UTC: a time without a zone counts as UTC, whatever the session's zone is. */
function instantOf(node: SourceNode, value: Value): bigint {
  if (!(value instanceof DateTime)) throw new DiagnosticError(freshnessNoTime(node, typeName(value)));
  const { instant } = value;
  // A zone may move a moment out of the calendar.
  if (instant < firstMoment) return firstMoment;
  return instant;
}

/** The first moment of Python's calendar stands for no rows. */
const firstMoment = new DateTime(
  { year: 1, month: 1, day: 1 },
  { hour: 0, minute: 0, second: 0, microsecond: 0 },
).instant;

function isoText(micros: bigint): string {
  const time = DateTime.ofLocalMicros(micros, fixedUtc);
  return `${isoDate(time)}T${isoClock(time.clock, fixedUtc)}`;
}

/** Read as text, so that it is the nearest number to the exact one. */
function secondsOf(micros: bigint): number {
  const sign = micros < 0n ? '-' : '';
  const digits = String(micros < 0n ? -micros : micros).padStart(7, '0');
  return Number(`${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`);
}

const secondsIn: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

function statusOf({ freshness }: SourceNode, ageSeconds: number): 'pass' | 'warn' | 'error' {
  const exceeds = (limit: unknown): boolean => {
    if (!isRecord(limit) || limit['count'] === null || limit['period'] === null) return false;
    return ageSeconds > Number(limit['count']) * secondsIn[String(limit['period'])]!;
  };
  if (exceeds(freshness?.['error_after'])) return 'error';
  return exceeds(freshness?.['warn_after']) ? 'warn' : 'pass';
}
