import { z } from 'zod';
import { metadataSchema, timestampSchema, timingSchema } from './metadata.ts';

const limit = z
  .strictObject({ count: z.int().nullable(), period: z.enum(['minute', 'hour', 'day']).nullable() })
  .nullable();

const answered = z.strictObject({
  unique_id: z.string(),
  max_loaded_at: timestampSchema,
  snapshotted_at: timestampSchema,
  max_loaded_at_time_ago_in_s: z.number(),
  status: z.enum(['pass', 'warn', 'error', 'runtime error']),
  criteria: z.strictObject({ warn_after: limit, error_after: limit, filter: z.string().nullable() }),
  adapter_response: z.record(z.string(), z.unknown()),
  timing: timingSchema,
  thread_id: z.string(),
  execution_time: z.number(),
});

/** dbt has a shape for sources that could not be asked, too, and leaves them out. */
const failed = z.strictObject({
  unique_id: z.string(),
  error: z.union([z.string(), z.int(), z.null()]),
  status: z.literal('runtime error'),
});

export const sourcesSchema = z.strictObject({
  metadata: metadataSchema('sources/v3'),
  results: z.array(z.union([answered, failed])),
  elapsed_time: z.number(),
});

export type SourcesArtifact = z.infer<typeof sourcesSchema>;
