import { z } from 'zod';
import {
  functionSchema,
  metricSchema,
  savedQuerySchema,
  semanticModelSchema,
  unitTestSchema,
} from './defined.ts';
import { metadataSchema } from './metadata.ts';

const text = z.string();
const texts = z.array(text);
const record = z.record(text, z.unknown());
const nullableText = text.nullable();
const docs = z.strictObject({ show: z.boolean(), node_color: nullableText });
const macrosOnly = z.strictObject({ macros: texts });
const dependsOn = z.strictObject({ macros: texts, nodes: texts });
const config = z.looseObject({ enabled: z.boolean(), tags: z.union([texts, text]), meta: record });
const version = z.union([text, z.number(), z.null()]);

const column = z.strictObject({
  name: text,
  description: text,
  meta: record,
  data_type: nullableText,
  constraints: z.array(record),
  quote: z.boolean().nullable(),
  config: z.strictObject({ meta: record, tags: texts }),
  tags: texts,
  granularity: nullableText,
  doc_blocks: texts,
});

const place = {
  name: text,
  package_name: text,
  path: text,
  original_file_path: text,
  unique_id: text,
};

const base = {
  ...place,
  database: nullableText,
  schema: text,
  fqn: texts,
  alias: text,
  checksum: z.strictObject({ name: text, checksum: text }),
  config,
  tags: texts,
  description: text,
  columns: z.record(text, column),
  meta: record,
  group: nullableText,
  docs,
  patch_path: nullableText,
  build_path: nullableText,
  unrendered_config: record,
  created_at: z.number(),
  relation_name: nullableText,
  raw_code: text,
  doc_blocks: texts,
};

const compiled = {
  ...base,
  language: z.enum(['sql', 'python']),
  refs: z.array(z.strictObject({ name: text, package: nullableText, version })),
  sources: z.array(texts),
  metrics: z.array(texts),
  functions: z.array(texts),
  depends_on: dependsOn,
  compiled_path: nullableText,
  compiled: z.boolean().optional(),
  compiled_code: nullableText.optional(),
  extra_ctes_injected: z.boolean().optional(),
  extra_ctes: z.array(z.strictObject({ id: text, sql: text })).optional(),
  contract: z.strictObject({ enforced: z.boolean(), alias_types: z.boolean(), checksum: nullableText }),
};

const node = z.discriminatedUnion('resource_type', [
  z.strictObject({
    ...compiled,
    resource_type: z.literal('model'),
    access: z.enum(['private', 'protected', 'public']),
    constraints: z.array(record),
    version,
    latest_version: version,
    deprecation_date: nullableText,
    primary_key: texts,
    time_spine: record.nullable(),
    defer_relation: record.nullish(),
  }),
  z.strictObject({
    ...base,
    resource_type: z.literal('seed'),
    root_path: nullableText,
    depends_on: macrosOnly,
    defer_relation: record.nullish(),
  }),
  z.strictObject({ ...compiled, resource_type: z.literal('snapshot'), defer_relation: record.nullish() }),
  z.strictObject({ ...compiled, resource_type: z.literal('analysis') }),
  z.strictObject({ ...compiled, resource_type: z.literal('sql_operation') }),
  z.strictObject({ ...compiled, resource_type: z.literal('operation'), index: z.int().nullish() }),
  z.strictObject({
    ...compiled,
    resource_type: z.literal('test'),
    column_name: nullableText.optional(),
    file_key_name: nullableText.optional(),
    attached_node: nullableText.optional(),
    test_metadata: z.strictObject({ name: text, kwargs: record, namespace: nullableText }).optional(),
  }),
]);

const source = z.strictObject({
  ...place,
  resource_type: z.literal('source'),
  database: nullableText,
  schema: text,
  fqn: texts,
  source_name: text,
  source_description: text,
  loader: text,
  identifier: text,
  quoting: record,
  loaded_at_field: nullableText,
  loaded_at_query: nullableText,
  freshness: record.nullable(),
  external: record.nullable(),
  description: text,
  columns: z.record(text, column),
  meta: record,
  source_meta: record,
  tags: texts,
  config,
  patch_path: nullableText,
  unrendered_config: record,
  relation_name: nullableText,
  created_at: z.number(),
  unrendered_database: nullableText,
  unrendered_schema: nullableText,
  doc_blocks: texts,
});

const macro = z.strictObject({
  ...place,
  resource_type: z.literal('macro'),
  macro_sql: text,
  depends_on: macrosOnly,
  description: text,
  meta: record,
  docs,
  config: z.strictObject({ meta: record, docs }),
  patch_path: nullableText,
  arguments: z.array(z.strictObject({ name: text, type: nullableText, description: text })),
  created_at: z.number(),
  supported_languages: texts.nullable(),
});

const doc = z.strictObject({ ...place, resource_type: z.literal('doc'), block_contents: text });

const group = z.strictObject({
  ...place,
  resource_type: z.literal('group'),
  owner: record,
  description: nullableText,
  config: record,
});

const exposure = z.strictObject({
  ...place,
  resource_type: z.literal('exposure'),
  fqn: texts,
  type: z.enum(['dashboard', 'notebook', 'analysis', 'ml', 'application']),
  owner: record,
  description: text,
  label: nullableText,
  maturity: nullableText,
  meta: record,
  tags: texts,
  config: record,
  unrendered_config: record,
  url: nullableText,
  depends_on: dependsOn,
  refs: compiled.refs,
  sources: compiled.sources,
  metrics: compiled.metrics,
  created_at: z.number(),
});

const edges = z.record(text, texts);

export const manifestSchema = z.strictObject({
  metadata: metadataSchema('manifest/v12').extend({
    project_name: nullableText,
    project_id: nullableText,
    user_id: nullableText,
    send_anonymous_usage_stats: z.boolean().nullable(),
    adapter_type: nullableText,
    quoting: z.strictObject({
      database: z.boolean().nullable(),
      schema: z.boolean().nullable(),
      identifier: z.boolean().nullable(),
      column: z.boolean().nullable(),
    }),
    run_started_at: nullableText,
  }),
  nodes: z.record(text, node),
  sources: z.record(text, source),
  macros: z.record(text, macro),
  docs: z.record(text, doc),
  exposures: z.record(text, exposure),
  metrics: z.record(text, metricSchema),
  groups: z.record(text, group),
  selectors: record,
  disabled: z.record(text, z.array(z.looseObject({ unique_id: text, resource_type: text }))).nullable(),
  parent_map: edges.nullable(),
  child_map: edges.nullable(),
  group_map: edges.nullable(),
  saved_queries: z.record(text, savedQuerySchema),
  semantic_models: z.record(text, semanticModelSchema),
  unit_tests: z.record(text, unitTestSchema),
  functions: z.record(text, functionSchema).optional(),
});

export type ManifestArtifact = z.infer<typeof manifestSchema>;
