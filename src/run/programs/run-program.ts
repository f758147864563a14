import type { StatementResult } from '../../adapter/cell.ts';
import type { FoundMaterialization } from '../../context/materialization.ts';
import { fromPlain, toPlain } from '../../context/plain.ts';
import { RelationValue, toAdapter } from '../../context/relation.ts';
import { AdapterResponse, type StoredResult } from '../../context/results.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { dictGet } from '../../jinja/dict.ts';
import { valueAsync } from '../../jinja/driver.ts';
import { repr, str } from '../../jinja/text.ts';
import { isDict, isText, PyDict, PyTuple, type Value } from '../../jinja/values.ts';
import { modelOf } from '../../manifest/model-value.ts';
import type { WorkedNode } from '../../manifest/node.ts';
import { hooksOf } from '../../plan/plan-node.ts';
import { languageNotSupported, mainNotSent, materializationResult, notCommitted } from '../errors.ts';
import type { ItemRun } from '../item-run.ts';
import { type NodeSession, type SessionOptions, withNodeSession } from '../node-session.ts';
import type { Replacing } from '../publish/dependents.ts';
import { dropLeftovers } from '../publish/leftovers.ts';
import type { RunServices } from '../services.ts';
import type { RelationGuard } from '../session-warehouse.ts';
import { builtInRecipe, builtInRecipeFunction } from './built-in-recipe.ts';
import { guardDependents } from './program-dependents.ts';
import { replaceFunction } from './replace-function.ts';

/** A `{% materialization %}` block of the project or of a package. */
export interface Program extends FoundMaterialization {
  /** Languages of models that it takes. */
  readonly languages: readonly string[];
}

/** The program that builds a node in place of our recipes, if there is one. */
export const programOf = ({ programs }: RunServices, node: WorkedNode): Program | undefined =>
  programs.get(String(node.config['materialized'] ?? ''));

export interface ProgramRun {
  readonly session: NodeSession;
  readonly program: Program;
  /** The compiled query; null for a seed, which has none. */
  readonly sql: string | null;
  readonly compiledPath: string | null;
  /** Names that it knows beside those of every program. */
  readonly names?: readonly (readonly [string, Value])[];
  /** Whether it may do nothing, and so send no main statement. */
  readonly mainOptional?: boolean;
  /** Whether what it leaves uncommitted is lost on purpose. */
  readonly keepsNothing?: boolean;
  /** It is ours, and may be worked again as long as nothing is committed. */
  readonly repeatable?: boolean;
}

/** Opens a session for a node that a program builds: what it sends as its main statement is written to `run/`. */
export async function withProgramSession<T>(
  services: RunServices,
  node: WorkedNode,
  item: ItemRun,
  options: Omit<SessionOptions, 'write'>,
  work: (session: NodeSession) => Promise<T>,
): Promise<T> {
  let main: string | null = null;
  const write = (text: string): void => {
    main = text;
  };
  try {
    return await withNodeSession(services, node, { ...options, write }, work);
  } finally {
    if (main !== null) item.built(services.compile, node, main);
  }
}

/** Runs the program under the node's fence and ends the item with the result of its statement `main`. */
export async function publishByProgram(
  services: RunServices,
  node: WorkedNode,
  item: ItemRun,
  run: ProgramRun,
): Promise<void> {
  await item.beforePublish();
  await dropLeftovers(services, run.session, node);
  const main = await item.timed('execute', () => executeProgram(services, node, run, 'relations'));
  item.succeed(main === null ? {} : responseOf(main.response), messageOf(main));
}

/** What the result says of a program's statement `main`, or that there was none. */
export const messageOf = (main: StoredResult | null): string =>
  main === null ? 'No-op' : str(main.response);

/**
 * Calls the program with dbt's transaction state: `auto_begin` opens, `adapter.commit()` closes, and what is open at the
 * end is lost. Where dbt's driver opens transactions by itself, so do we until the first commit; after it dbt's
 * statements take effect one by one, ours together at the end. A failure rolls back what is open.
 */
export async function executeProgram(
  services: RunServices,
  node: WorkedNode,
  {
    session,
    program,
    sql,
    compiledPath,
    names: more = [],
    mainOptional = false,
    keepsNothing = false,
    repeatable = false,
  }: ProgramRun,
  gives: 'relations' | 'anything',
): Promise<StoredResult | null> {
  const { warehouse, scope } = session;
  const { names, results } = scope.context;
  const name = String(node.config['materialized']);
  const language = 'language' in node ? node.language : 'sql';
  // What it does, and whether it may be done twice, is its own; what is not kept may be.
  if (!keepsNothing && !repeatable) services.attempt.seal();
  if (!program.languages.includes(language)) {
    throw new DiagnosticError(languageNotSupported(node, program.macro.name, language, program.languages));
  }
  const { implicitTransactions, viewsFollow } = services.adapter.facts;
  warehouse.openFor(implicitTransactions ? 'any' : 'asked');
  if (viewsFollow === 'object') warehouse.guard(guardOf({ services, node, session }));
  for (const [key, value] of [...programNames(services, session, sql, compiledPath), ...more])
    names.define(key, value);
  if (node.resource_type !== 'function') {
    names.define(builtInRecipe, builtInRecipeFunction(services, node, session) as unknown as Value);
  }
  try {
    const returned = await valueAsync(names.macro(program.macro).call([], null));
    const relations = gives === 'relations' ? relationsOf(node, name, returned) : [];
    const main = results.find('main') ?? null;
    if (main === null && !mainOptional) throw new DiagnosticError(mainNotSent(node, name));
    if (session.session.inTransaction && !warehouse.committed) {
      const lost = warehouse.changed;
      await warehouse.rollback();
      if (lost && !keepsNothing) services.compile.context.report(notCommitted(node, name));
      return main;
    }
    await warehouse.commit();
    for (const relation of relations) if (relation.type !== 'function') services.cache.add(relation);
    return main;
  } catch (failure) {
    // The failure is the one to tell; the session's release ends what cannot be rolled back.
    await warehouse.rollback().catch(() => {});
    throw failure;
  }
}

function guardOf(run: Replacing): RelationGuard {
  const guard = guardDependents(run);
  const { node } = run;
  if (node.resource_type !== 'function') return guard;
  return { ...guard, making: (send) => replaceFunction(run, node, send) };
}

/** What a program knows of its node beside what the node's own text knows. */
function programNames(
  services: RunServices,
  { scope }: NodeSession,
  sql: string | null,
  compiledPath: string | null,
): [string, Value][] {
  const node = scope.node as WorkedNode;
  const hooks = (phase: 'pre' | 'post'): Value =>
    hooksOf(node, phase).map(({ sql: text, transaction, index }) =>
      PyDict.fromRecord({ sql: text, transaction, ...(index === null ? {} : { index }) }),
    );
  const compiled = { compiled: true, compiled_code: sql, compiled_path: compiledPath };
  const model = sql === null ? node : { ...node, ...compiled, extra_ctes_injected: true, extra_ctes: [] };
  return [
    ['sql', sql],
    ['compiled_code', sql],
    ['model', fromPlain(modelOf(model, services.adapter.facts))],
    ['pre_hooks', hooks('pre')],
    ['post_hooks', hooks('post')],
  ];
}

/** The relations of `return({'relations': [...]})`; those without a type are not known by the warehouse. */
function relationsOf(node: WorkedNode, name: string, returned: Value) {
  const wrong = (problem: string): never => {
    throw new DiagnosticError(materializationResult(node, problem));
  };
  if (isText(returned)) {
    wrong(
      `The materialization ("${name}") did not explicitly return a list of relations to add to the cache.`,
    );
  }
  const invalid = 'Invalid return value from materialization';
  if (!isDict(returned))
    return wrong(`${invalid}, expected a dict with key "relations", got: ${str(returned)}`);
  const relations = dictGet(returned, 'relations');
  if (relations === undefined) {
    const keys = repr([...(returned as PyDict).keys()]);
    return wrong(`${invalid}, "relations" not found, got keys: ${keys}`);
  }
  if (!Array.isArray(relations) || relations instanceof PyTuple) {
    return wrong(`${invalid}, "relations" not a list, got: ${str(relations)}`);
  }
  return relations.flatMap((relation: Value) =>
    relation instanceof RelationValue
      ? (toAdapter(relation) ?? [])
      : wrong(`${invalid}, "relations" contains non-Relation: ${str(relation)}`),
  );
}

/** What the warehouse answered to a statement; nothing where a macro stored words of its own. */
export function responseOf(response: Value): StatementResult['response'] {
  if (!(response instanceof AdapterResponse)) return {};
  const fields = Object.entries(response.fields).map(([key, value]) => [key, toPlain(value)] as const);
  return Object.fromEntries(fields.filter((entry): entry is [string, string | number] => entry[1] !== null));
}
