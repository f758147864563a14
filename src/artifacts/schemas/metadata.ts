import { z } from 'zod';

const sixDigitTimestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/);

/** `metadata` of every artifact; `kind` as in the address of its schema: `manifest/v12`. */
export const metadataSchema = (kind: string) =>
  z.strictObject({
    dbt_schema_version: z.literal(`https://schemas.getdbt.com/dbt/${kind}.json`),
    dbt_version: z.string(),
    generated_at: sixDigitTimestamp,
    invocation_id: z.string().nullable(),
    invocation_started_at: sixDigitTimestamp.nullish(),
    env: z.record(z.string(), z.string()),
  });

export const timestampSchema = sixDigitTimestamp;

/** When the parts of a node's work began and ended. */
export const timingSchema = z.array(
  z.strictObject({
    name: z.string(),
    started_at: sixDigitTimestamp.nullable(),
    completed_at: sixDigitTimestamp.nullable(),
  }),
);
