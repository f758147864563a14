import { DiagnosticError, error } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import { criterionUnmatched } from '../graph/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { type Selection, select } from '../graph/select.ts';
import { methodsOf, type Selector } from '../graph/selector.ts';
import { defaultSelector, findSelector } from '../graph/selector-file.ts';
import { parseSelection } from '../graph/selector-grammar.ts';
import { findNode, type Manifest } from '../manifest/manifest.ts';
import type { ResourceType } from '../manifest/node.ts';
import { selectionState } from './former-run.ts';
import type { InvocationContext } from './invocation.ts';
import type { LeftOver } from './left-over.ts';
import type { OpenManifest } from './open-manifest.ts';
import type { SelectionOptions } from './options.ts';
import { selectorDefinitions } from './selector-definitions.ts';
import { leftOverGone } from './state-errors.ts';

/** Types that a command works on, in dbt's words. */
const everyType: readonly ResourceType[] = [
  'model',
  'seed',
  'snapshot',
  'test',
  'unit_test',
  'analysis',
  'source',
  'exposure',
  'metric',
  'semantic_model',
  'saved_query',
  'function',
];

export interface SelectNodesInput {
  readonly graph: Graph;
  /** What the command can work on; `--resource-type` narrows it. */
  readonly allowed: readonly ResourceType[];
  /** Of these, what `--resource-type` has to name, itself or by `all`. */
  readonly onlyNamed?: readonly ResourceType[];
  readonly includeEmpty?: boolean;
}

/** The nodes that the command line means; a criterion that meets nothing is a warning, as in dbt. */
export async function selectNodes(
  context: InvocationContext,
  options: SelectionOptions,
  project: OpenManifest,
  input: SelectNodesInput,
): Promise<Selection> {
  const { manifest } = project;
  if (context.leftOver !== null) return leftOverNodes(context, context.leftOver, manifest, input.graph);
  const indirect = options.indirectSelection ?? 'eager';
  const definitions = selectorDefinitions(context, options, project, indirect);
  const selector = selectorOf();
  const selection = select(input.graph, manifest, selector, {
    resourceTypes: typesOf(options, input),
    includeEmpty: input.includeEmpty ?? false,
    state: await selectionState(context, options, manifest, methodsOf(selector)),
  });
  for (const { spec, nearest } of selection.unmatched) context.report(criterionUnmatched(spec, nearest));
  return selection;

  function selectorOf(): Selector {
    const { select: chosen = [], exclude = [] } = options;
    if (options.selector !== undefined) return findSelector(definitions, options.selector).selector;
    const fallback = chosen.length === 0 && exclude.length === 0 ? defaultSelector(definitions) : null;
    return fallback === null ? parseSelection({ select: chosen, exclude, indirect }) : fallback.selector;
  }
}

/** Nodes that are gone since are told of. */
function leftOverNodes(
  context: InvocationContext,
  { ids }: LeftOver,
  manifest: Manifest,
  graph: Graph,
): Selection {
  const gone = [...ids].filter((id) => findNode(manifest, id) === undefined || graph.switchedOff.has(id));
  if (gone.length > 0) context.report(leftOverGone(gone));
  const without = new Set(gone);
  return { ids: new Set([...ids].filter((id) => !without.has(id))), unmatched: [] };
}

function typesOf(
  options: SelectionOptions,
  { allowed, onlyNamed = [] }: SelectNodesInput,
): ReadonlySet<ResourceType> {
  const named = (names: readonly string[] | undefined): Set<string> | null => {
    if (names === undefined || names.length === 0) return null;
    for (const name of names) {
      if (name === 'all' || name === 'default' || (everyType as readonly string[]).includes(name)) continue;
      throw new DiagnosticError(
        error({
          code: 'resource-type-unknown',
          family: 'Usage Error',
          message: `there is no resource type '${name}'`,
          hint: didYouMean(name, everyType) ?? `there are: ${everyType.join(', ')}`,
        }),
      );
    }
    return new Set(names);
  };
  const wanted = named(options.resourceTypes);
  const unwanted = named(options.excludeResourceTypes);
  const usual = wanted === null || wanted.has('default');
  const isWanted = (type: ResourceType): boolean =>
    wanted?.has('all') === true || wanted?.has(type) === true || (usual && !onlyNamed.includes(type));
  return new Set(allowed.filter((type) => isWanted(type) && unwanted?.has(type) !== true));
}
