import { describe, expect, test } from 'vitest';
import { cli, type Files, testProject } from '../rig.ts';

interface Deprecated {
  readonly files?: Files;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const model = { 'models/a.sql': 'select 1 as id' };
const project = (more: string) => ({ 'dbt_project.yml': `name: shop\nprofile: shop\n${more}` });
const properties = (text: string) => ({ 'models/s.yml': text });
const tested = (item: string, more = '') =>
  ({
    ...properties(`models: [{name: a, columns: [{name: id, data_tests: [${item}]}]}]`),
    ...project(more),
  }) as Files;
const measured = (metric: string) =>
  properties(`models:
  - {name: a, columns: [{name: id, granularity: day}], time_spine: {standard_granularity_column: id}}
semantic_models:
  - name: sales
    model: ref('a')
    defaults: {agg_time_dimension: id}
    dimensions: [{name: id, type: time, type_params: {time_granularity: day}}]
    entities: [{name: entry, type: primary, expr: id}]
    measures: [{name: amount, agg: sum, expr: id}]
metrics: [${metric}]
`);
const simple = measured('{name: total, label: c, type: simple, type_params: {measure: amount}}');
const tools = (files: Files): Files => ({
  'packages.yml': 'packages: [{local: tools}]\n',
  'dbt_packages/tools/dbt_project.yml': 'name: tools\n',
  ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`dbt_packages/tools/${path}`, text])),
});

/** A project for each of dbt 1.11's deprecations, by its name; what dbt calls the event of the same. */
const deprecations: readonly (readonly [name: string, event: string, Deprecated])[] = [
  [
    'arguments-property-in-generic-test-deprecation',
    'ArgumentsPropertyInGenericTestDeprecation',
    {
      files: {
        ...tested('{t: {arguments: {x: 1}}}', 'flags: {require_generic_test_arguments_property: false}\n'),
        'macros/t.sql': '{% test t(model, column_name, arguments) %}select 1{% endtest %}',
      },
    },
  ],
  [
    'custom-key-in-object-deprecation',
    'CustomKeyInObjectDeprecation',
    { files: properties('models: [{name: a, foo: 1}]') },
  ],
  ['custom-top-level-key-deprecation', 'CustomTopLevelKeyDeprecation', { files: properties('foo: 1') }],
  [
    'duplicate-name-distinct-node-types-deprecation',
    'DuplicateNameDistinctNodeTypesDeprecation',
    { files: { 'seeds/a.csv': 'id\n1\n', ...properties('seeds: [{name: a, config: {alias: other}}]') } },
  ],
  [
    'duplicate-yaml-keys-deprecation',
    'DuplicateYAMLKeysDeprecation',
    { files: properties('models: []\nmodels: []') },
  ],
  [
    'environment-variable-namespace-deprecation',
    'EnvironmentVariableNamespaceDeprecation',
    { env: { DBT_ENGINE_X: '1' } },
  ],
  [
    'exposure-name',
    'ExposureNameDeprecation',
    { files: properties('exposures: [{name: my board, type: dashboard, owner: {email: a@b.c}}]') },
  ],
  [
    'install-packages-path',
    'PackageInstallPathDeprecation',
    { files: project('clean-targets: [dbt_modules]\n'), argv: ['clean'] },
  ],
  [
    'mf-cumulative-type-params-deprecation',
    'MFCumulativeTypeParamsDeprecation',
    {
      files: measured(
        '{name: total, label: c, type: cumulative, type_params: {measure: amount, window: 7 days}}',
      ),
    },
  ],
  [
    'mf-timespine-without-yaml-configuration',
    'MFTimespineWithoutYamlConfigurationDeprecation',
    {
      files: {
        ...simple,
        'models/metricflow_time_spine.sql': 'select current_date as date_day',
        'models/s.yml': simple['models/s.yml'].replace(/, time_spine: \{[^}]*\}/, ''),
      },
    },
  ],
  [
    'microbatch-macro-outside-of-batches-deprecation',
    'MicrobatchMacroOutsideOfBatchesDeprecation',
    {
      files: {
        'macros/m.sql': '{% macro get_incremental_microbatch_sql(arg_dict) %}{% endmacro %}',
        'models/b.sql':
          "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='id', batch_size='day', begin='2026-01-01') }} select 1 as id",
      },
    },
  ],
  [
    'missing-arguments-property-in-generic-test-deprecation',
    'MissingArgumentsPropertyInGenericTestDeprecation',
    { files: tested('{accepted_values: {values: [1]}}') },
  ],
  ['model-param-usage-deprecation', 'ModelParamUsageDeprecation', { argv: ['ls', '-m', 'a'] }],
  [
    'modules-itertools-usage-deprecation',
    'ModulesItertoolsUsageDeprecation',
    { files: { 'models/b.sql': 'select {{ modules.itertools.chain([1]) | list }}' } },
  ],
  [
    'package-materialization-override',
    'PackageMaterializationOverrideDeprecation',
    {
      files: {
        ...tools({ 'macros/m.sql': '{% materialization view, default %}{% endmaterialization %}' }),
        ...project('flags: {require_explicit_package_overrides_for_builtin_materializations: false}\n'),
      },
      argv: ['run'],
    },
  ],
  ['project-config-data-paths', 'ConfigDataPathDeprecation', { files: project('data-paths: [seeds]\n') }],
  ['project-config-log-path', 'ConfigLogPathDeprecation', { files: project('log-path: elsewhere\n') }],
  [
    'project-config-source-paths',
    'ConfigSourcePathDeprecation',
    { files: project('source-paths: [models]\n') },
  ],
  [
    'project-config-target-path',
    'ConfigTargetPathDeprecation',
    { files: project('target-path: elsewhere\n') },
  ],
  [
    'project-flags-moved',
    'ProjectFlagsMovedDeprecation',
    {
      files: {
        'profiles.yml':
          'config: {use_colors: false}\nshop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n',
      },
    },
  ],
  [
    'property-moved-to-config-deprecation',
    'PropertyMovedToConfigDeprecation',
    { files: properties('models: [{name: a, tags: [x]}]') },
  ],
  [
    'resource-names-with-spaces',
    'ResourceNamesWithSpacesDeprecation SpacesInResourceNameDeprecation',
    {
      files: {
        ...project('flags: {require_resource_names_without_spaces: false}\n'),
        'models/a b.sql': "{{ config(alias='a_b') }} select 1 as id",
      },
    },
  ],
  [
    'source-override-deprecation',
    'SourceOverrideDeprecation',
    {
      files: {
        ...tools({ 'models/s.yml': 'sources: [{name: raw, tables: [{name: t}]}]' }),
        ...properties('sources: [{name: raw, overrides: tools, schema: x}]'),
      },
    },
  ],
  [
    'unexpected-jinja-block-deprecation',
    'UnexpectedJinjaBlockDeprecation',
    { files: { 'macros/m.sql': '{% set x = 1 %}' } },
  ],
  [
    'weo-include-exclude-deprecation',
    'WEOIncludeExcludeDeprecation',
    { argv: ['parse', '--warn-error-options', '{include: []}'] },
  ],
];

describe("each of dbt's deprecations that can be met is named in a warning, and nothing else is", () => {
  test.each(deprecations)('%s', async (_, event, { files = {}, argv = ['parse'], env = {} }) => {
    const made = testProject({ ...model, ...files });
    const { out, err } = await cli(made, ['--show-all-deprecations', ...argv], env);
    const told = [...`${out}${err}`.matchAll(/\[WARNING\]\[(\w+)\]/g)].map(([, name]) => name);
    expect(new Set(told)).toEqual(new Set(event.split(' ')));
  });
});
