import type { Cell } from '../../adapter/cell.ts';
import type { WrongKeys } from '../../plan/errors.ts';
import type { NodeSession } from '../node-session.ts';

/** What a query answers that `dbt.keys_that_are_wrong` printed; null where no key is wrong. */
export async function wrongKeys(
  { warehouse }: NodeSession,
  sql: string,
  columns: readonly string[],
): Promise<WrongKeys | null> {
  const { rows } = await warehouse.send(sql);
  const [first] = rows;
  if (first === undefined) return null;
  const some = rows.map(([, count, ...values]) => ({ rows: Number(count), values: values.map(textOf) }));
  return { columns, some, total: Number(first[0]) };
}

const textOf = (cell: Cell): string | null => (cell === null ? null : String(cell));
