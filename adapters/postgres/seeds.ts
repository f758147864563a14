import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { RowSource } from '../../src/adapter/adapter.ts';
import { quoteIdentifier, renderRelation } from '../../src/adapter/names.ts';
import type { RelationName } from '../../src/adapter/relation.ts';
import { postgresFacts } from './facts.ts';

/** Rows that go to the socket as one piece of text. */
const batchRows = 1000;

/** The statement that takes the rows of a file, null as `\N`. */
export function copySql(target: RelationName, source: RowSource): string {
  const columns = source.columns.map(({ name }) => quoteIdentifier(postgresFacts, name)).join(', ');
  return `copy ${renderRelation(postgresFacts, target)} (${columns}) from stdin`;
}

/** Sends the rows; the server's error names the line, which is the row, and the column. Gives how many it took. */
export async function copyRows(client: pg.Client, sql: string, source: RowSource): Promise<number> {
  const sink = client.query(from(sql));
  await pipeline(Readable.from(batches(source), { objectMode: true }), sink);
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
