import type { Ran } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { Rows, WarehouseProject } from './warehouse.ts';

export type Row = readonly [id: number, v: string | null, day: number];

/** Rows of id, v and the day of January 2024 on which they changed; none at all where the list is empty. */
export const rowsOf = (rows: readonly Row[]): string => {
  const literal = (v: string | null): string =>
    v === null ? 'cast(null as varchar(9))' : `cast('${v}' as varchar(9))`;
  const one = ([id, v, day]: Row): string =>
    `select ${id} as id, ${literal(v)} as v, cast('2024-01-${String(day).padStart(2, '0')}' as timestamp) as changed`;
  return rows.length === 0 ? `${one([0, null, 1])} where 1 = 0` : rows.map(one).join(' union all ');
};

/** A project whose snapshot `history` reads `source`, which gives the rows of a round: `vars: { round }`. */
export const rounds = (config: string, sources: readonly string[]) => ({
  'models/source.sql': `{{ config(materialized='table') }}
{% set rounds = ${JSON.stringify(sources)} %}{{ rounds[var('round', 0)] }}`,
  'snapshots/history.yml': `snapshots: [{name: history, relation: ref('source'), config: {unique_key: id, ${config}}}]`,
});

export async function play(shop: WarehouseProject, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await succeeds(shop, 'build', { vars: { round } });
}

export const byTime = 'strategy: timestamp, updated_at: changed';
export const byValue = 'strategy: check, check_cols: [v]';

/** A day as it is, any later than the rounds' own as 'now'. */
export const day = (column: string): string =>
  `case when ${column} is null then null when ${column} > timestamp '2025-01-01' then 'now'
   else cast(cast(${column} as date) as varchar(10)) end`;

/** id, v, and the days between which that held; `more` columns after them. */
export const history = (shop: WarehouseProject, more: readonly string[] = []): Promise<Rows> =>
  shop.rows(
    `select ${['id', 'v', day('dbt_valid_from'), day('dbt_valid_to'), ...more].join(', ')}
     from history order by id, dbt_valid_from, dbt_valid_to`,
  );

/** Insert, change, delete, come back as it was: keys 1 and 2 over four rounds. */
export const lives: readonly (readonly Row[])[] = [
  [
    [1, 'a', 1],
    [2, 'a', 1],
  ],
  [
    [1, 'b', 2],
    [2, 'a', 1],
    [3, 'a', 2],
  ],
  [
    [1, 'b', 2],
    [3, 'a', 2],
  ],
  [
    [1, 'b', 2],
    [2, 'a', 4],
    [3, 'a', 2],
  ],
];

/** What a command sent that changes rows or tables, by its first word. */
export const writes = ({ events }: Pick<Ran<'build'>, 'events'>): string[] =>
  events.flatMap((event) =>
    event.name === 'statement-sent'
      ? (/^\s*(insert|update|merge|delete|alter|truncate)/i.exec(event.sql)?.[1] ?? [])
      : [],
  );

/** What becomes of these lives over four rounds where a change is known by its time. */
export const heldByTime: Rows = [
  [1, 'a', '2024-01-01', '2024-01-02'],
  [1, 'b', '2024-01-02', null],
  [2, 'a', '2024-01-01', '2024-01-04'],
  [2, 'a', '2024-01-04', null],
  [3, 'a', '2024-01-02', null],
];
