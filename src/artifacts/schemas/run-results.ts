import { z } from 'zod';
import { metadataSchema, timingSchema } from './metadata.ts';

const statuses = [
  'success',
  'error',
  'skipped',
  'partial success',
  'no-op',
  'pass',
  'fail',
  'warn',
  'runtime error',
] as const;

const bounds = z.tuple([z.string(), z.string()]);

export const runResultsSchema = z.strictObject({
  metadata: metadataSchema('run-results/v6'),
  results: z.array(
    z.strictObject({
      status: z.enum(statuses),
      timing: timingSchema,
      thread_id: z.string(),
      execution_time: z.number(),
      adapter_response: z.record(z.string(), z.unknown()),
      message: z.string().nullable(),
      failures: z.int().nullable(),
      unique_id: z.string(),
      compiled: z.boolean().nullable(),
      compiled_code: z.string().nullable(),
      relation_name: z.string().nullable(),
      batch_results: z.strictObject({ successful: z.array(bounds), failed: z.array(bounds) }).nullish(),
    }),
  ),
  elapsed_time: z.number(),
  args: z.record(z.string(), z.unknown()),
});

export type RunResultsArtifact = z.infer<typeof runResultsSchema>;
