import { renderSync } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import { behaviour } from './behaviour.ts';
import { checkConfig } from './config/check-config.ts';
import { configRule } from './config/errors.ts';
import { configFields, fieldsByName } from './config/fields.ts';
import type { ConfigValues, Report } from './config/merge.ts';
import { withWritten, writtenCalls } from './config/written-config.ts';
import type { DocsConfig, Hook, NodeConfig, ResourceType } from './node.ts';
import { isRefable, type NodeDraft, type ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { modelFreshnessProblems } from './properties/freshness.ts';
import { isRecord, listOf, type PlainRecord } from './record.ts';
import { hasJinja, renderCaptured } from './render-node.ts';
import { type KeyPlace, reporter } from './report.ts';
import { catchTemplate } from './template-failures.ts';

/**
 * Works out a node's configuration from the project files, its properties (`patch`) and its text, and everything
 * that follows from it: whether it is enabled, tags, meta, docs, group, access, contract, the relation's name, and
 * what its hooks refer to. Done once per node. `writtenPatch` is the `config` of its properties before it was rendered.
 */
export function settleNode(
  state: ParseState,
  parsed: ParsedNode,
  patch: PlainRecord | null,
  places?: KeyPlace,
  writtenPatch: unknown = null,
): void {
  const { node } = parsed;
  const report = reporter(state, parsed, places);
  parsed.settled = true;
  const patched = patch !== null && Object.keys(patch).length > 0;
  const base = node.config as ConfigValues;
  const called = Object.keys(parsed.calls).length > 0;
  const implied = impliedConfig(node);
  const passes = [called || implied !== null ? configOf(state, parsed, parsed.calls, implied, report) : base];
  const whole = implied === null ? patch : { ...implied, ...patch };
  if (patched) passes.push(configOf(state, parsed, parsed.calls, whole, report));
  const final = passes.at(-1)!;
  if (final !== base)
    node.config = withEarlierValues(node.resource_type, base, passes) as unknown as NodeConfig;
  const request = {
    type: node.resource_type,
    packageName: node.package_name,
    fqn: node.fqn,
    patch: whole,
    calls: parsed.calls,
  };
  const unrendered = state.configs.unrendered(
    behaviour(state.services, 'state_modified_compare_more_unrendered_values', false)
      ? { ...request, patch: withWritten(whole, writtenPatch), calls: writtenCalls(parsed) }
      : request,
  );
  node.unrendered_config =
    patched || parsed.written === undefined ? unrendered : { ...unrendered, ...parsed.written };
  for (const { diagnostic, key } of checkConfig(final, configFields(node.resource_type)))
    report(diagnostic, key);
  if (node.resource_type === 'model') tellFreshness(report, [patch, parsed.calls]);
  copyToNode(node, passes, final);
  nameRelation(state, parsed, final);
  for (const pass of passes) renderHooks(state, parsed, pass);
}

/** What is written of freshness, before it is settled. */
function tellFreshness(report: Report, places: readonly (PlainRecord | null)[]): void {
  for (const written of places) {
    for (const problem of modelFreshnessProblems(written?.['freshness'])) {
      report(configRule('freshness', written?.['freshness'], problem), 'freshness');
    }
  }
}

/** Python models make tables, where neither their properties nor they themselves say otherwise. */
function impliedConfig(node: NodeDraft): PlainRecord | null {
  return node.resource_type === 'model' && node.language === 'python' ? { materialized: 'table' } : null;
}

function configOf(
  state: ParseState,
  parsed: ParsedNode,
  calls: PlainRecord,
  patch: PlainRecord | null,
  report: Report,
): ConfigValues {
  const { resource_type: type, package_name: packageName, fqn } = parsed.node;
  return state.configs.merged({ type, packageName, fqn, patch, calls, report });
}

/**
 * A null says nothing once less specific places have spoken: `config(schema=none)` leaves the folder's schema in
 * `config`, although the relation is then named without it. As dbt, which drops nulls of the keys that it knows when it
 * builds a node's config, and keeps those of others.
 */
function withEarlierValues(
  type: ResourceType,
  base: ConfigValues,
  passes: readonly ConfigValues[],
): ConfigValues {
  const known = fieldsByName(configFields(type));
  const out: ConfigValues = { ...base };
  for (const pass of passes) {
    for (const key of Object.keys(pass)) {
      if (pass[key] !== null || !known.has(key) || !(key in out)) out[key] = pass[key];
    }
  }
  return out;
}

function copyToNode(node: NodeDraft, passes: readonly ConfigValues[], config: ConfigValues): void {
  for (const pass of passes) {
    for (const tag of listOf(pass['tags']) as readonly string[]) {
      if (!node.tags.includes(tag)) node.tags = [...node.tags, tag];
    }
  }
  const { meta, group, docs, contract, access } = config;
  if (isRecord(meta) && Object.keys(meta).length > 0) node.meta = meta;
  if (typeof group === 'string' && group !== '') node.group = group;
  if (isRecord(docs)) node.docs = docs as unknown as DocsConfig;
  if (isRecord(contract) && node.resource_type !== 'seed') {
    const enforced = contract['enforced'] === true;
    const aliasTypes = contract['alias_types'] !== false;
    if (enforced || !aliasTypes) node.contract = { enforced, alias_types: aliasTypes, checksum: null };
  }
  if (node.resource_type === 'model' && typeof access === 'string') {
    node.access = access as 'private' | 'protected' | 'public';
  }
}

function nameRelation(state: ParseState, parsed: ParsedNode, config: ConfigValues): void {
  const { naming } = state;
  const { node } = parsed;
  catchTemplate(state.found, () => {
    node.database = naming.database(config['database'] ?? null, node);
    node.schema = naming.schema(config['schema'] ?? null, node) as string;
    node.alias = naming.alias(config['alias'] ?? null, node) as string;
  });
  if (node.resource_type === 'snapshot') {
    const { target_database: database, target_schema: schema } = config;
    if (typeof database === 'string' && database !== '') node.database = database;
    if (typeof schema === 'string' && schema !== '') node.schema = schema;
  }
  node.relation_name = makesRelation(state, node)
    ? state.relations
        .ofNode({ database: node.database, schema: node.schema, identifier: node.alias })
        .render()
    : null;
}

function makesRelation(state: ParseState, node: NodeDraft): boolean {
  if (node.resource_type === 'test') {
    const stores = node.config['store_failures'];
    return (
      stores === true ||
      (stores !== false && stores !== true && behaviour(state.services, 'store_failures', false))
    );
  }
  return isRefable(node) && node.config.materialized !== 'ephemeral';
}

/** Hooks may refer to nodes: they are rendered, thrown away, and rendered again when they run. */
function renderHooks(state: ParseState, parsed: ParsedNode, config: ConfigValues): void {
  if (parsed.node.resource_type === 'test') return;
  const hooks = [...((config['pre-hook'] ?? []) as Hook[]), ...((config['post-hook'] ?? []) as Hook[])];
  const templates = hooks.filter((hook) => hasJinja(hook.sql));
  if (templates.length === 0) return;
  catchTemplate(state.found, () => {
    renderCaptured(state, parsed, (environment) => {
      for (const { sql } of templates) {
        renderSync(
          parseTemplate({ path: `${parsed.node.original_file_path} (hook)`, text: sql }),
          environment,
        );
      }
    });
  });
}
