import type { WarehouseProject } from './warehouse.ts';

/** An incremental model that asks for other rows once its table stands. */
export const incremental = (config: string, first: string, then: string): string =>
  `{{ config(materialized='incremental'${config === '' ? '' : `, ${config}`}) }}
{% if is_incremental() %}${then}{% else %}${first}{% endif %}`;

/** Rows as SQL: `valuesOf('id, v', "(1, 'old')")`. */
export const valuesOf = (columns: string, rows: string): string =>
  `select * from (values ${rows}) as t(${columns})`;

/** All rows of a relation, each as one text, sorted. */
export const rowTexts = async (shop: WarehouseProject, name: string): Promise<readonly string[]> =>
  (await shop.rows(`select * from ${name}`)).map((row) => row.join(' ')).sort();
