import type { EventLevel, NodeOutcome, NodeRef } from '../../core/event.ts';
import type { Colour } from './colours.ts';
import { dbtEvents } from './dbt-events.ts';

/**
 * One thing to tell, in dbt's terms. The console, the JSON log and the log files are three ways to write it.
 */
export interface LogLine {
  /** dbt's event name, or ours where dbt has none. */
  readonly name: string;
  readonly code: string;
  readonly level: EventLevel;
  /** Without time stamp and colours. */
  readonly msg: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly thread: string;
  /** The part of `msg` to colour: its last occurrence, or all of it where `text` is null. */
  readonly accent: { readonly text: string | null; readonly colour: Colour } | null;
  /**
   * How the text console shows it: behind a time stamp; as it is (what was asked for: rows, names; what templates
   * print); or not, because the live display tells the same.
   */
  readonly shown: 'stamped' | 'raw' | 'printed' | 'live';
  /** A warning of a kind that was told before. */
  readonly repeats: boolean;
}

type LineFields = Pick<LogLine, 'msg'> & Partial<Omit<LogLine, 'name' | 'code'>>;

/** Code of events that dbt does not have. */
export const ownCode = 'S001';

/** A line with dbt's code and level for `name`; an event of dynamic level is `info` unless `fields` say otherwise. */
export function logLine(name: string, fields: LineFields): LogLine {
  const [code, level] = dbtEvents[name] ?? [ownCode, 'info'];
  return {
    name,
    code,
    level: level === 'dynamic' ? 'info' : level,
    data: {},
    thread: 'MainThread',
    accent: null,
    shown: 'stamped',
    repeats: false,
    ...fields,
  };
}

/** A line of a list that was asked for. */
export const listedLine = (msg: string): LogLine =>
  logLine('PrintEvent', { msg, shown: 'raw', data: { msg } });

/** An empty line between parts of the console's output. */
export const spacer = (): LogLine => logLine('Formatting', { msg: '', data: { msg: '' } });

/** dbt's `node_info`; times are empty where they are not known. */
export function nodeInfo(
  node: NodeRef,
  status: string,
  startedAt: string,
  finishedAt: string,
): Readonly<Record<string, unknown>> {
  return {
    materialized: node.materialized ?? '',
    meta: node.meta,
    node_checksum: node.checksum,
    node_finished_at: finishedAt,
    node_name: node.name,
    node_path: node.nodePath,
    node_relation: {
      alias: node.alias ?? '',
      database: node.database ?? '',
      relation_name: node.relationName ?? '',
      schema: node.schema ?? '',
    },
    node_started_at: startedAt,
    node_status: status,
    resource_type: node.resourceType,
    unique_id: node.uniqueId,
  };
}

/** Level of a result's line: errors and failures are errors, warnings are warnings. */
export function levelOf(outcome: NodeOutcome): EventLevel {
  switch (outcome.status) {
    case 'error':
    case 'fail':
    case 'runtime error':
    case 'partial success':
      return 'error';
    case 'warn':
      return 'warn';
    case 'success':
    case 'pass':
    case 'skipped':
    case 'no-op':
      return 'info';
  }
}
