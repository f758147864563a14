import { z } from 'zod';

const text = z.string();
const texts = z.array(text);
const nullableText = text.nullable();
const record = z.record(text, z.unknown());
const version = z.union([text, z.number(), z.null()]);

/** What resources of properties files share. Loose, because dbt's versions add keys to them. */
const defined = {
  name: text,
  package_name: text,
  path: text,
  original_file_path: text,
  unique_id: text,
  fqn: texts,
  depends_on: z.looseObject({ macros: texts.optional(), nodes: texts.optional() }),
  created_at: z.number().optional(),
};

const group = nullableText.optional();
const filter = z
  .looseObject({ where_filters: z.array(z.looseObject({ where_sql_template: text })) })
  .nullable();

export const metricSchema = z.looseObject({
  ...defined,
  resource_type: z.literal('metric'),
  description: text,
  label: text,
  type: z.enum(['simple', 'ratio', 'cumulative', 'derived', 'conversion']),
  type_params: z.looseObject({ input_measures: z.array(z.looseObject({ name: text })).optional() }),
  filter: filter.optional(),
  config: record,
  tags: texts.optional(),
  meta: record.optional(),
  group,
});

const elements = z.array(z.looseObject({ name: text }));

export const semanticModelSchema = z.looseObject({
  ...defined,
  resource_type: z.literal('semantic_model'),
  model: text,
  node_relation: z.looseObject({ alias: text, schema_name: text }).nullable(),
  entities: elements.optional(),
  measures: elements.optional(),
  dimensions: elements.optional(),
  config: record,
  group,
});

export const savedQuerySchema = z.looseObject({
  ...defined,
  resource_type: z.literal('saved_query'),
  query_params: z.looseObject({ metrics: texts, group_by: texts, where: filter }),
  exports: z.array(z.looseObject({ name: text, config: z.looseObject({ export_as: text }) })),
  config: record,
  tags: z.union([texts, text]).optional(),
  group,
});

const fixture = {
  rows: z.union([text, z.array(record), z.null()]).optional(),
  format: z.enum(['dict', 'csv', 'sql']).optional(),
  fixture: nullableText.optional(),
};

export const unitTestSchema = z.looseObject({
  ...defined,
  resource_type: z.literal('unit_test'),
  model: text,
  given: z.array(z.looseObject({ ...fixture, input: text })),
  expect: z.looseObject(fixture),
  overrides: z.looseObject({ macros: record, vars: record, env_vars: record }).nullish(),
  checksum: nullableText.optional(),
  version: version.optional(),
  config: record,
});

export const functionSchema = z.looseObject({
  ...defined,
  resource_type: z.literal('function'),
  database: nullableText,
  schema: text,
  alias: text,
  raw_code: text,
  language: z.enum(['sql', 'python', 'javascript']),
  returns: z.looseObject({ data_type: text }),
  arguments: z.array(z.looseObject({ name: text, data_type: text })).optional(),
  checksum: z.looseObject({ name: text, checksum: text }),
  config: record,
});
