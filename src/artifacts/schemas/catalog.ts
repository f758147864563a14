import { z } from 'zod';
import { metadataSchema } from './metadata.ts';

const table = z.strictObject({
  metadata: z.strictObject({
    type: z.string(),
    schema: z.string(),
    name: z.string(),
    database: z.string().nullable(),
    comment: z.string().nullable(),
    owner: z.string().nullable(),
  }),
  columns: z.record(
    z.string(),
    z.strictObject({ type: z.string(), index: z.int(), name: z.string(), comment: z.string().nullable() }),
  ),
  stats: z.record(
    z.string(),
    z.strictObject({
      id: z.string(),
      label: z.string(),
      value: z.union([z.boolean(), z.string(), z.number(), z.null()]),
      include: z.boolean(),
      description: z.string().nullable(),
    }),
  ),
  unique_id: z.string().nullable(),
});

export const catalogSchema = z.strictObject({
  metadata: metadataSchema('catalog/v1'),
  nodes: z.record(z.string(), table),
  sources: z.record(z.string(), table),
  errors: z.array(z.string()).nullable(),
});

export type CatalogArtifact = z.infer<typeof catalogSchema>;
