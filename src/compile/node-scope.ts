import { raiseDiagnostic } from '../context/errors.ts';
import { type ExecuteContext, executeContext } from '../context/execute-names.ts';
import { MetricReference } from '../context/metric-reference.ts';
import { type Entry, lazy } from '../context/names.ts';
import { fromPlain } from '../context/plain.ts';
import { Reads } from '../context/reads.ts';
import type { RelationValue } from '../context/relation.ts';
import type { Warehouse } from '../context/warehouse.ts';
import type { Interval } from '../intervals/interval.ts';
import type { Pending } from '../jinja/host.ts';
import type { PyDict, Value } from '../jinja/values.ts';
import { modelOf } from '../manifest/model-value.ts';
import type { GraphNode, SessionNode, UniqueId } from '../manifest/node.ts';
import type { PlainRecord } from '../manifest/record.ts';
import { relationOfSource } from '../manifest/source-relation.ts';
import { deferredRelation, functionToCall, relationToRead } from './deferral.ts';
import { ephemeralInOperation, refNotDeclared, refUnknown } from './errors.ts';
import { withForeignKeys } from './foreign-keys.ts';
import { isEphemeral, relationOf } from './relations.ts';
import { type RowFilter, rowFilter } from './row-filter.ts';
import type { CompileServices } from './services.ts';

/** One node's templates while it runs: its context, and the ephemeral parents that they selected from, in order. */
export interface NodeScope {
  readonly node: SessionNode;
  readonly context: ExecuteContext;
  readonly warehouse: Warehouse;
  readonly batch: Interval | null;
  readonly ephemerals: ReadonlySet<UniqueId>;
  /** What its templates have read so far. */
  readonly reads: Reads;
}

export interface ScopeOptions {
  readonly warehouse: Warehouse;
  /** Operations and hooks may refer to anything; nodes only to what they declared while parsing. */
  readonly undeclaredRefs: boolean;
  /** The time that a batch of the node is about. */
  readonly batch?: Interval | null;
  /** Whether a ref may mean an ephemeral model, whose query goes into the node's own; true unless given. */
  readonly ephemeralRefs?: boolean;
  /** What a ref or source is in place of the target's relation: the rows that a unit test gives for it. */
  readonly read?: (target: SessionNode) => Value;
  /** `this`, in place of the node's own relation. */
  readonly current?: Value;
  /** The whole file of a seed, for templates that look at its rows. */
  readonly seedTable?: () => Value | Pending;
  readonly seedType?: (table: Value, index: number) => string;
  readonly write?: (text: string) => void;
  readonly extra?: Iterable<readonly [string, Entry]>;
}

export function nodeScope(services: CompileServices, parsed: SessionNode, options: ScopeOptions): NodeScope {
  const node = withForeignKeys(services, parsed);
  const { relations, lookup, manifest } = services;
  const ephemerals = new Set<UniqueId>();
  const reads = new Reads();
  const declared = new Set('depends_on' in node && 'nodes' in node.depends_on ? node.depends_on.nodes : []);
  const allow = (target: { readonly unique_id: UniqueId }): boolean =>
    options.undeclaredRefs || declared.has(target.unique_id) || target.unique_id === node.unique_id;
  const rows = (target: SessionNode): RowFilter =>
    rowFilter(node, target, {
      empty: services.empty,
      sample: services.sample,
      batch: options.batch ?? null,
      quote: relations.style.quote,
    });
  const told = new Set<UniqueId>();
  const tellPrerelease = (target: GraphNode): void => {
    if (target.resource_type !== 'model' || target.version === null || told.has(target.unique_id)) return;
    told.add(target.unique_id);
    const newest = lookup.prerelease(target);
    if (newest === null) return;
    const { name, package_name: packageName, version } = target;
    const latest = { name, packageName, version: String(version) };
    const { unique_id: uniqueId } = node;
    services.context.emit({ name: 'prerelease-available', uniqueId, model: latest, newest: String(newest) });
  };
  const model = lazily(() => fromPlain(modelOf(node, services.context.facts)));
  const config = configValues(node.config as PlainRecord);
  const context = executeContext(services.context, {
    subject: {
      packageName: node.package_name,
      label: `${node.resource_type} '${node.name}' (${node.original_file_path})`,
      uniqueId: node.unique_id,
      database: node.database,
      schema: node.schema,
      model,
      relation: () => (options.current === undefined ? relationOf(relations, node) : options.current),
    },
    relations,
    reads,
    warehouse: options.warehouse,
    ref: (call) => {
      const target = lookup.ref(call, node.package_name);
      if (target === undefined) return raiseDiagnostic(refUnknown(node, call.name, namesOf(manifest.nodes)));
      if (call.version === null) tellPrerelease(target);
      if (options.read !== undefined) return options.read(target);
      if (!allow(target)) return raiseDiagnostic(refNotDeclared(node, target, `ref('${call.name}')`));
      if (!isEphemeral(target)) return relationToRead(services, target, rows(target), options.warehouse);
      if (options.ephemeralRefs === false) return raiseDiagnostic(ephemeralInOperation(target));
      ephemerals.add(target.unique_id);
      return relations.ephemeral(target.alias, rows(target));
    },
    source: (sourceName, tableName) => {
      const target = lookup.source(sourceName, tableName, node.package_name);
      if (target === undefined) {
        const known = [...manifest.sources.values()].map((source) => `${source.source_name}.${source.name}`);
        return raiseDiagnostic(refUnknown(node, `${sourceName}.${tableName}`, known));
      }
      if (options.read !== undefined) return options.read(target);
      // Nothing is built before it that parsing would have to know of; dbt takes functions likewise.
      return relationOfSource(relations, target, rows(target));
    },
    metric: (packageName, name) => {
      const target = lookup.metric(packageName, name, node.package_name);
      if (target === undefined) return raiseDiagnostic(refUnknown(node, name, namesOf(manifest.metrics)));
      const fields = fromPlain(target) as PyDict;
      return new MetricReference(target.name, target.package_name, fields) as unknown as Value;
    },
    function: (packageName, name) => {
      const target = lookup.function(packageName, name, node.package_name);
      if (target === undefined) return raiseDiagnostic(refUnknown(node, name, namesOf(manifest.functions)));
      return functionToCall(services, target, options.warehouse);
    },
    config,
    graph: services.graph,
    seedTable: options.seedTable ?? (() => null),
    seedType: options.seedType ?? (() => 'text'),
    write: options.write ?? (() => {}),
    extra: [
      ['selected_resources', lazy(() => [...services.selected])],
      ['defer_relation', deferredOf(services, node) as unknown as Value],
      ...(options.extra ?? []),
    ],
  });
  return { node, context, warehouse: options.warehouse, batch: options.batch ?? null, ephemerals, reads };
}

/** Values of a configuration by name, each made once: templates may change lists and mappings, and ask for few. */
function configValues(config: PlainRecord): (name: string) => Value | undefined {
  const values = new Map<string, Value | undefined>();
  return (name) => {
    const key = name === 'pre_hook' || name === 'post_hook' ? name.replace('_', '-') : name;
    if (!values.has(key)) {
      values.set(key, Object.hasOwn(config, key) ? (fromPlain(config[key]) ?? undefined) : undefined);
    }
    return values.get(key);
  };
}

/** Sources are never deferred. */
const deferredOf = (services: CompileServices, node: SessionNode): RelationValue | null =>
  node.resource_type === 'source' ? null : deferredRelation(services, node);

function lazily(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

const namesOf = (defined: ReadonlyMap<string, { readonly name: string }>): string[] =>
  [...defined.values()].map(({ name }) => name);
