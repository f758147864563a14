import type { Adapter } from '../adapter/adapter.ts';
import { RelationCache } from '../adapter/relation-cache.ts';
import type { Deferral } from '../compile/deferral.ts';
import { graphValue } from '../compile/graph-value.ts';
import { createNodeLookup } from '../compile/node-lookup.ts';
import { queryCommentOf } from '../compile/query-comment.ts';
import type { MacroSource } from '../context/macro-registry.ts';
import { findMaterialization } from '../context/materialization.ts';
import type { Interval } from '../intervals/interval.ts';
import { behaviour } from '../manifest/behaviour.ts';
import type { UniqueId } from '../manifest/node.ts';
import type { Program } from '../run/programs/run-program.ts';
import { Attempt } from '../run/schedule/attempt.ts';
import { inTurn } from '../run/schedule/pools.ts';
import { Repeats } from '../run/schedule/repeats.ts';
import type { RunServices } from '../run/services.ts';
import { CountingStatements } from '../run/tests/counting-statement.ts';
import { deferralOf } from './former-run.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { eventTimeOf, sampleOf } from './time-window.ts';
import { treatmentOf } from './warning-treatment.ts';

/** What an invocation reads: of which time, and from which run. */
export interface ReadTerms {
  readonly eventTime: Interval | null;
  readonly sample: Interval | null;
  readonly deferral: Deferral | null;
}

/** Throws `event-time-invalid`, `sample-invalid`, and what is wrong with the run that is deferred to. */
export async function readTerms(context: InvocationContext, options: BuildOptions): Promise<ReadTerms> {
  const sample = sampleOf(options, context.world.startedAt);
  return {
    eventTime: sample ?? eventTimeOf(options),
    sample,
    deferral: await deferralOf(context, options),
  };
}

/** What dbt names the warning of a data test by. */
const testResult = { event: 'LogTestResult', code: 'LogTestResult' };

/** Everything that working nodes of a project needs; `selected` are those that were asked for. */
export function runServices(
  context: InvocationContext,
  options: BuildOptions,
  project: OpenProject,
  adapter: Adapter,
  { selected, terms }: { readonly selected: ReadonlySet<UniqueId>; readonly terms: ReadTerms },
): RunServices {
  const { manifest } = project;
  const { sample, deferral, eventTime } = terms;
  return {
    world: context.world,
    invocationId: context.invocationId,
    emit: context.emit,
    adapter,
    cache: new RelationCache(adapter.facts),
    signal: context.signal,
    fullRefresh: options.fullRefresh === true,
    storeFailures: options.storeFailures ?? null,
    showFailures: options.showFailures ?? 0,
    warningsFail: treatmentOf(options)(testResult) === 'error',
    eventTime,
    batches: runsInBatches(project),
    introspect: options.introspect !== false,
    programs: programsOf(project),
    fuseTests: options.fuseTests !== false,
    fused: null,
    counting: new CountingStatements(project.services),
    pending: () => false,
    repeats: new Repeats(context.world),
    attempt: new Attempt(1),
    share: inTurn,
    leftOver: context.leftOver?.batches ?? new Map(),
    compile: {
      context: project.services,
      manifest,
      lookup: createNodeLookup(manifest, project.services),
      relations: project.relations,
      graph: graphValue(manifest),
      selected,
      projectDirectory: project.project.root.directory,
      targetDirectory: project.project.targetDirectory,
      injectEphemerals: options.injectEphemeralCtes !== false,
      empty: options.empty === true,
      sample,
      deferral,
      queryComment: queryCommentOf(project.project.root.settings.queryComment),
      dry: options.writeJson === false,
      ephemerals: new Map(),
    },
  };
}

/** dbt's rule: a macro of the project's own for the strategy gets the whole model, unless a flag says otherwise. */
function runsInBatches({ services, project }: OpenProject): boolean {
  if (behaviour(services, 'require_batched_execution_for_custom_microbatch_strategy', false)) return true;
  const macro = services.registry.resolve('get_incremental_microbatch_sql', project.root.name);
  return macro === undefined || services.registry.isInternal(macro.packageName);
}

/** What has no recipe: ours of these names are programs, too. */
const program: ReadonlySet<string> = new Set(['unit', 'function']);

/**
 * Materializations that mean a block of the project or of an installed package to this warehouse; ours are among them
 * where there is no recipe.
 */
export function programsOf({ manifest, services }: OpenProject): ReadonlyMap<string, Program> {
  const { registry, facts, flags } = services;
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  const overriding = flags.get('REQUIRE_EXPLICIT_PACKAGE_OVERRIDES_FOR_BUILTIN_MATERIALIZATIONS') === false;
  const out = new Map<string, Program>();
  for (const macro of registry.all()) {
    const name = /^materialization_(.+)_[a-z0-9]+$/.exec(macro.name)?.[1];
    const isOurs = (one: MacroSource): boolean =>
      !program.has(name ?? '') && registry.isInternal(one.packageName);
    if (name === undefined || isOurs(macro)) continue;
    const found = findMaterialization(registry, name, prefixes, overriding);
    if (found === undefined || isOurs(found.macro)) continue;
    const languages = manifest.macros.get(found.macro.uniqueId)?.supported_languages ?? ['sql'];
    out.set(name, { ...found, languages });
  }
  return out;
}
