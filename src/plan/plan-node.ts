import { identifierTooLong } from '../adapter/errors.ts';
import type { AdapterFacts } from '../adapter/facts.ts';
import { fitsIdentifierLimit, identifierBytes } from '../adapter/names.ts';
import {
  type Block,
  type Condition,
  incrementalRecipes,
  type OptionalRecipe,
  optionalRecipes,
  type RecipeName,
  type RecipeTable,
  type Step,
  strategyMacro,
} from '../adapter/recipe.ts';
import type { Relation } from '../adapter/relation.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { allConstraints } from '../manifest/constraints.ts';
import type { GraphNode, Hook, WorkedNode } from '../manifest/node.ts';
import { materializationUnknown, snapshotTargetNoTable, strategyUnknown } from './errors.ts';
import type { NodePlan, PlannedBlock, PlannedPart, PlannedStep } from './plan.ts';
import { uniqueKeyOf } from './unique-key.ts';

export interface PlanInput {
  readonly node: GraphNode;
  readonly recipes: RecipeTable;
  readonly facts: AdapterFacts;
  readonly existing: Relation | null;
  /** A seed whose table has the columns of its file: it is emptied and filled again. */
  readonly refills?: boolean;
  /** What is to be done with the materialized view that stands there. */
  readonly change?: MaterializedViewChange;
  /** `--full-refresh`, or the node's own `full_refresh`, which wins. */
  readonly fullRefresh: boolean;
  /** Whether templates of the node find a macro of that name. */
  readonly hasMacro: (name: string) => boolean;
}

/** Its data only; its indexes; all of it; nothing, as `on_configuration_change: continue` wants it. */
export type MaterializedViewChange = 'refresh' | 'alter' | 'rebuild' | 'keep';

/** Chooses the recipe and lays the node's hooks around it. Throws a DiagnosticError where there is no recipe. */
export function planNode(input: PlanInput): NodePlan {
  const { node, recipes, existing, facts } = input;
  if (!fitsIdentifierLimit(facts, node.alias)) {
    const bytes = identifierBytes(node.alias);
    const what = `the relation of ${node.resource_type} '${node.name}'`;
    throw new DiagnosticError(identifierTooLong(what, node.alias, bytes, facts.identifierLimit!));
  }
  const recipe = chooseRecipe(input);
  const makes = typeOf(recipe);
  if (input.change === 'keep') return { blocks: hooksOutside(node), existing, makes, recipe: 'none' };
  const hasIndexes = Array.isArray(node.config['indexes']) && node.config['indexes'].length > 0;
  const applies = (condition: Condition): boolean => {
    switch (condition) {
      case 'exists':
        return existing !== null;
      case 'refills':
        return input.refills === true;
      case 'rebuilds':
        return input.refills !== true;
      case 'other-type':
        return existing !== null && existing.type !== makes;
      case 'has-indexes':
        return hasIndexes;
      case 'has-layout':
        return layouts.some((key) => (node.config[key] ?? null) !== null);
      case 'has-keys':
        return hasKeys(node);
      case 'names-constraints':
        return namesConstraints(node);
      case 'has-grants':
        return Object.keys(node.config['grants'] ?? {}).length > 0;
      case 'stores-relation':
        return (node.config['plugin'] ?? null) !== null || node.config['glue_register'] === true;
      case 'persists-docs':
        return Object.values(node.config['persist_docs'] ?? {}).includes(true);
    }
  };
  const named = (step: Step): Step =>
    step.kind === 'macro' && step.macro === strategyMacro
      ? { ...step, macro: macroOf(strategyOf(node, facts)) }
      : step;
  const blocks = (recipes[recipe] ?? []).map((block) => ({
    ...block,
    steps: stepsThat(applies, block.steps).map(named),
    inPlace: stepsThat(applies, block.inPlace),
  }));
  return { blocks: withHooks(node, blocks, facts.transactionalDdl), existing, makes, recipe };
}

function namesConstraints(node: GraphNode): boolean {
  return (
    node.resource_type === 'model' && (node.constraints ?? []).some(({ name }) => typeof name === 'string')
  );
}

const layouts = ['partitioned_by', 'partition_by', 'sorted_by', 'sort_by'];

/** A key may stand in the SQL of a custom constraint, too. */
function hasKeys(node: GraphNode): boolean {
  if (node.resource_type !== 'model' || !node.contract.enforced) return false;
  return allConstraints(node).some(({ type }) => keys.has(type));
}

const keys: ReadonlySet<unknown> = new Set(['primary_key', 'unique', 'custom']);

function stepsThat(applies: (condition: Condition) => boolean, steps: readonly Step[]): readonly Step[] {
  return steps
    .filter((step) => step.when.every(applies))
    .map((step) =>
      step.kind === 'either'
        ? {
            ...step,
            first: stepsThat(applies, step.first),
            otherwise: stepsThat(applies, step.otherwise),
          }
        : step.kind === 'changed'
          ? { ...step, steps: stepsThat(applies, step.steps) }
          : step,
    );
}

/** The strategy of an incremental model: its own, or the adapter's default for models with and without a key. */
export function strategyOf(node: GraphNode, facts: AdapterFacts): string {
  const { incremental_strategy: strategy, unique_key: key } = node.config;
  if (typeof strategy === 'string' && strategy !== 'default') return strategy;
  const { withKey, withoutKey } = facts.defaultIncrementalStrategy;
  return uniqueKeyOf(key).length > 0 ? withKey : withoutKey;
}

const builtInStrategy = (strategy: string) => incrementalRecipes.find((name) => name === strategy);

/** A project adds a strategy with a macro of its name, as in dbt. */
const macroOf = (strategy: string): string => `get_incremental_${strategy.replaceAll('+', '_')}_sql`;

const builtIn = [
  'view',
  'table',
  'incremental',
  'materialized_view',
  'ephemeral',
  'seed',
  'snapshot',
] as const;

function typeOf(recipe: RecipeName | OptionalRecipe): NodePlan['makes'] {
  // A table function is a view to dbt, though the warehouse lists it nowhere.
  if (recipe === 'view' || recipe === 'external' || recipe === 'table_function') return 'view';
  return recipe.endsWith('materialized_view') ? 'materialized_view' : 'table';
}

function chooseRecipe(input: PlanInput): RecipeName | OptionalRecipe {
  const { node, recipes, facts, existing, fullRefresh, hasMacro, change } = input;
  const name = String(node.config.materialized ?? 'view');
  switch (name) {
    case 'view':
    case 'table':
    case 'seed':
      return name;
    case 'snapshot':
      if (existing === null) return 'new-snapshot';
      if (existing.type !== 'table') throw new DiagnosticError(snapshotTargetNoTable(node, existing.type));
      return 'snapshot';
    case 'materialized_view': {
      if (change === undefined || change === 'rebuild') return name;
      return change === 'alter' ? 'alter_materialized_view' : 'refresh_materialized_view';
    }
    case 'incremental': {
      const strategy = strategyOf(node, facts);
      const row = builtInStrategy(strategy) ?? (hasMacro(macroOf(strategy)) ? 'custom_strategy' : undefined);
      if (row === undefined) throw new DiagnosticError(strategyUnknown(node, strategy, incrementalRecipes));
      const rebuild = existing === null || existing.type !== 'table' || fullRefresh;
      return rebuild ? 'table' : row;
    }
    default: {
      const own = optionalRecipes.filter((one) => recipes[one] !== undefined);
      const recipe = own.find((one) => one === name);
      if (recipe === undefined)
        throw new DiagnosticError(materializationUnknown(node, name, [...builtIn, ...own]));
      return recipe;
    }
  }
}

/**
 * Hooks outside the transaction stand before and after everything. A node with hooks inside runs its recipe in one
 * transaction with them, so that they take effect together.
 */
function withHooks(node: GraphNode, blocks: readonly Block[], transactional: boolean): PlannedBlock[] {
  const inside = { pre: hookSteps(node, 'pre', true), post: hookSteps(node, 'post', true) };
  const recipe: readonly (readonly PlannedPart[])[] =
    inside.pre.length + inside.post.length > 0
      ? [[part(inside.pre), ...blocks, part(inside.post)]]
      : blocks.map((one) => [one]);
  return hooksOutside(
    node,
    recipe.map((parts) => ({
      transaction: transactional,
      parts: parts.filter(({ steps }) => steps.length > 0),
    })),
  );
}

function hooksOutside(node: GraphNode, blocks: readonly PlannedBlock[] = []): PlannedBlock[] {
  const outside = (phase: 'pre' | 'post'): PlannedBlock[] => {
    const steps = hookSteps(node, phase, false);
    return steps.length === 0 ? [] : [{ transaction: false, parts: [part(steps)] }];
  };
  return [...outside('pre'), ...blocks, ...outside('post')];
}

const part = (steps: readonly PlannedStep[]): PlannedPart => ({ steps, swap: false, inPlace: [] });

const hookSteps = (node: GraphNode, phase: 'pre' | 'post', transaction: boolean): PlannedStep[] =>
  hooksOf(node, phase)
    .filter((hook) => hook.transaction === transaction)
    .map((hook) => ({ kind: 'hook', hook, phase }));

export function hooksOf(node: WorkedNode, phase: 'pre' | 'post'): readonly Hook[] {
  const given = node.config[`${phase}-hook`];
  return Array.isArray(given) ? (given as readonly Hook[]) : [];
}
