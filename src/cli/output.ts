import type { Cell, ResultColumn } from '../adapter/cell.ts';
import { floatRepr } from '../jinja/numbers.ts';
import type { Outcome } from './api.ts';
import type { Settings } from './flags/settings.ts';
import { type LogLine, logLine, spacer } from './log/log-line.ts';
import { plainCell, textTable } from './log/text-table.ts';

/** What `list` answers: its output, line by line, in the form that `--output` asked for. */
export interface ListOutcome extends Outcome {
  readonly lines: readonly string[];
}

/** What `show` answers. */
export interface ShowOutcome extends Outcome {
  readonly shown: readonly {
    /** Null for `--inline`. */
    readonly name: string | null;
    readonly uniqueId: string;
    readonly columns: readonly ResultColumn[];
    readonly rows: readonly (readonly Cell[])[];
  }[];
}

/** What `seed` answers: rows of its tables, where they were asked for. */
export interface SeedOutcome extends Outcome {
  readonly samples: readonly {
    /** `schema.table` */
    readonly table: string;
    readonly columns: readonly ResultColumn[];
    readonly rows: readonly (readonly Cell[])[];
  }[];
}

/** What `compile` answers: the nodes to show, none where many were compiled. */
export interface CompileOutcome extends Outcome {
  readonly compiled: readonly {
    /** Null for `--inline`. */
    readonly name: string | null;
    readonly uniqueId: string;
    readonly sql: string;
  }[];
}

/** The list that a command was asked for, shown even under `--quiet`; empty for commands that give none. */
export const listedLines = (outcome: Outcome): readonly string[] =>
  isKind<ListOutcome>(outcome, 'lines') ? outcome.lines : [];

/** What a command was asked for besides a list, as lines that are shown even under `--quiet`. */
export function outputLines(outcome: Outcome, settings: Settings): readonly LogLine[] {
  const format = settings.get('output')?.value === 'json' ? 'json' : 'text';
  const quiet = settings.get('quiet')?.value === true;
  if (isKind<ShowOutcome>(outcome, 'shown')) {
    return outcome.shown.map((shown) => {
      const preview = format === 'json' ? showJson(shown) : `${textTable(shown.columns, shown.rows)}\n`;
      const title = shown.name === null ? 'Previewing inline node:' : `Previewing node '${shown.name}':`;
      return logLine('ShowNode', {
        msg: format === 'json' || quiet ? preview : `${title}\n${preview}`,
        shown: 'raw',
        data: { preview, ...nodeData(shown.name, shown.uniqueId, format, quiet) },
      });
    });
  }
  if (isKind<SeedOutcome>(outcome, 'samples')) return outcome.samples.flatMap(sampleLines);
  if (isKind<CompileOutcome>(outcome, 'compiled')) {
    return outcome.compiled.map(({ name, uniqueId, sql }) => {
      const title = name === null ? 'Compiled inline node is:' : `Compiled node '${name}' is:`;
      const json = JSON.stringify(name === null ? { compiled: sql } : { node: name, compiled: sql }, null, 2);
      return logLine('CompiledNode', {
        msg: format === 'json' ? json : quiet ? sql : `${title}\n${sql}`,
        shown: 'raw',
        data: { compiled: sql, ...nodeData(name, uniqueId, format, quiet) },
      });
    });
  }
  return [];
}

function sampleLines({ table, columns, rows }: SeedOutcome['samples'][number]): readonly LogLine[] {
  const header = `First rows of table: ${table}`;
  const rule = '-'.repeat(header.length);
  return [
    spacer(),
    logLine('SeedHeader', { msg: header, data: { header } }),
    logLine('Formatting', { msg: rule, data: { msg: rule } }),
    logLine('Note', { msg: `${textTable(columns, rows)}\n`, shown: 'raw' }),
  ];
}

function nodeData(name: string | null, uniqueId: string, format: string, quiet: boolean): object {
  return {
    node_name: name ?? '',
    is_inline: name === null,
    output_format: format,
    unique_id: uniqueId,
    quiet,
  };
}

/** As dbt indents it, which writes floats with a point: `JSON.stringify` cannot. */
function showJson({ name, columns, rows }: ShowOutcome['shown'][number]): string {
  const objects = rows.map((row) => {
    const members = new Map(
      columns.map((column, index) => [column.name, cellJson(row[index] ?? null, column)]),
    );
    const lines = [...members].map(([key, text]) => `      ${JSON.stringify(key)}: ${text}`);
    return `    {\n${lines.join(',\n')}\n    }`;
  });
  const list = objects.length === 0 ? '[]' : `[\n${objects.join(',\n')}\n  ]`;
  const node = name === null ? '' : `  "node": ${JSON.stringify(name)},\n`;
  return `{\n${node}  "show": ${list}\n}`;
}

/** Decimals are floats, as in dbt; integers have all their digits. */
function cellJson(cell: Cell, { kind }: ResultColumn): string {
  if (typeof cell === 'bigint') return cell.toString();
  const plain = plainCell(cell, kind);
  const isFloat = typeof plain === 'number' && (kind === 'float' || kind === 'decimal');
  if (isFloat && Number.isFinite(plain)) return floatRepr(plain);
  return JSON.stringify(plain, null, 2).replaceAll('\n', '\n      ');
}

const isKind = <Kind extends Outcome>(outcome: Outcome, key: keyof Kind): outcome is Kind => key in outcome;
