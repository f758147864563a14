import { dateTimeAt } from '../context/modules/datetime/datetime.ts';
import { fixedUtc } from '../context/modules/datetime/zone.ts';
import { quoteName } from '../context/relation-fields.ts';
import type { Interval } from '../intervals/interval.ts';
import { str } from '../jinja/text.ts';
import type { AnyNode, SessionNode } from '../manifest/node.ts';

/** Which rows of what a node reads it gets to see; only printing a relation shows it. */
export interface RowFilter {
  /** 0 under `--empty`, which builds everything of nothing. */
  readonly limit: number | null;
  /** A condition in SQL. */
  readonly where: string | null;
}

export interface RowLimits {
  readonly empty: boolean;
  readonly sample: Interval | null;
  /** The time of the batch that is built. */
  readonly batch: Interval | null;
  /** What the warehouse quotes names with. */
  readonly quote: string;
}

/**
 * The filter on a relation that a node reads. A batch or a sample sees what happened within its time, of what says by
 * `event_time` when something happened.
 */
export function rowFilter(reader: AnyNode, read: SessionNode, limits: RowLimits): RowFilter {
  const { empty, sample, batch } = limits;
  const column = read.config['event_time'];
  const isFiltered = reader.resource_type === 'model' || reader.resource_type === 'snapshot';
  const time = batch === null || sample === null ? (batch ?? sample) : overlap(batch, sample);
  const timed = time !== null && isFiltered && typeof column === 'string';
  return {
    limit: empty ? 0 : null,
    where: timed ? within(columnText(read, column, limits.quote), time) : null,
  };
}

/** Quoted where the column says so, or else the source that it is of. */
function columnText(read: SessionNode, column: string, quote: string): string {
  const said = Object.values(read.columns).find(({ name }) => name === column)?.quote;
  const isQuoted = said ?? (read.resource_type === 'source' && read.quoting['column'] === true);
  return isQuoted ? quoteName(column, quote) : column;
}

const overlap = (a: Interval, b: Interval): Interval => ({
  start: Math.max(a.start, b.start),
  end: Math.min(a.end, b.end),
});

/** Times as Python prints them, with their offset. */
const within = (column: string, { start, end }: Interval): string =>
  `${column} >= '${timeText(start)}' and ${column} < '${timeText(end)}'`;

const timeText = (time: number): string => str(dateTimeAt(time, fixedUtc));
