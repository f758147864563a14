import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { RowSource } from '../../src/adapter/adapter.ts';
import { literal, quoteIdentifier, renderRelation } from '../../src/adapter/names.ts';
import type { RelationName } from '../../src/adapter/relation.ts';
import { postgresFacts } from './facts.ts';

/** Bytes of a file that go to the socket as one piece. */
const pieceBytes = 1 << 17;

/** Rows that go to the socket as one piece of text. */
const batchRows = 1000;

/** The statement that takes a file as it is, or else its rows, null as `\N`. */
export function copySql(target: RelationName, source: RowSource): string {
  const columns = source.columns.map(({ name }) => quoteIdentifier(postgresFacts, name)).join(', ');
  const options = source.plain
    ? ` with (format csv, header, delimiter ${literal(postgresFacts, source.delimiter)})`
    : '';
  return `copy ${renderRelation(postgresFacts, target)} (${columns}) from stdin${options}`;
}

/**
 * Sends the file or its rows; the server's error names the column, and the line: of the file, or the row. Gives how many
 * rows it took.
 */
export async function copyRows(client: pg.Client, sql: string, source: RowSource): Promise<number> {
  const sink = client.query(from(sql));
  const rows = source.plain
    ? createReadStream(source.path, { highWaterMark: pieceBytes })
    : Readable.from(batches(source), { objectMode: true });
  await pipeline(rows, sink);
  return sink.rowCount;
}

async function* batches(source: RowSource): AsyncGenerator<Buffer> {
  let lines: string[] = [];
  for await (const row of source.rows()) {
    lines.push(row.map(cellText).join('\t'));
    if (lines.length === batchRows) {
      yield Buffer.from(`${lines.join('\n')}\n`, 'utf8');
      lines = [];
    }
  }
  if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`, 'utf8');
}

function cellText(cell: string | null): string {
  if (cell === null) return '\\N';
  return cell.replace(/[\\\n\r\t]/g, (letter) => escapes[letter]!);
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
