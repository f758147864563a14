import type { Fence, Session } from '../adapter/adapter.ts';
import type { Relation, RelationName, SchemaName } from '../adapter/relation.ts';
import { callMacro } from '../compile/call-macro.ts';
import { type NodeScope, nodeScope, type ScopeOptions } from '../compile/node-scope.ts';
import { commentText, withComment } from '../compile/query-comment.ts';
import { str } from '../jinja/text.ts';
import type { Value } from '../jinja/values.ts';
import type { SessionNode } from '../manifest/node.ts';
import type { RunServices } from './services.ts';
import { SessionWarehouse } from './session-warehouse.ts';

/** One work item's hold on the warehouse: its session, and its templates bound to it. */
export interface NodeSession {
  readonly session: Session;
  readonly warehouse: SessionWarehouse;
  readonly scope: NodeScope;
  /** Renders a macro of the node's context to text. Throws where there is none of that name. */
  render(macro: string, args: readonly Value[]): Promise<string>;
  /** The value of a macro of the node's context; `dbt.<name>` is ours, whatever the project calls by that name. */
  call(macro: string, args: readonly Value[]): Promise<Value>;
}

/** What a node's templates are given beside the warehouse. */
export type SessionOptions = Omit<ScopeOptions, 'warehouse'>;

/** Opens a session for a node, gives it to `work`, and releases it whatever happens. */
export async function withNodeSession<T>(
  services: RunServices,
  node: SessionNode,
  options: SessionOptions,
  work: (session: NodeSession) => Promise<T>,
): Promise<T> {
  const { adapter, cache, world, emit, signal } = services;
  const session = await adapter.openSession(node.unique_id);
  try {
    const warehouse = new SessionWarehouse({
      session,
      cache,
      syntax: adapter.facts.syntax,
      world,
      emit,
      signal,
      uniqueId: node.unique_id,
      introspect: services.introspect,
      restricted: (services.compile.context.restriction ?? null) !== null,
      attempt: services.attempt,
    });
    return await work(rescoped(services, { session, warehouse }, node, options));
  } finally {
    await session.release();
  }
}

/** The same session for another scope: a part of its node. */
export function rescoped(
  services: RunServices,
  { session, warehouse }: Pick<NodeSession, 'session' | 'warehouse'>,
  node: SessionNode,
  options: Omit<ScopeOptions, 'warehouse'>,
): NodeSession {
  const scope = nodeScope(services.compile, node, { ...options, warehouse });
  const call = (macro: string, args: readonly Value[]): Promise<Value> =>
    callMacro(services.compile, scope, macro, args);
  const render = async (macro: string, args: readonly Value[]): Promise<string> => {
    const value = await call(macro, args);
    return value === null ? '' : str(value);
  };
  warehouse.useMacros(async (macro, relations) => {
    const text = await render(
      macro,
      relations.map((relation) => relationValue(services, relation)),
    );
    if (text.trim() !== '') await warehouse.execute(text, { autoBegin: false, fetch: false, limit: null });
  });
  useComment(services, warehouse, node);
  return { session, warehouse, scope, render, call };
}

/** Rendered when the first statement is sent; those that its template sends, if any, have none. */
function useComment({ compile }: RunServices, warehouse: SessionWarehouse, node: SessionNode): void {
  const { queryComment } = compile;
  if (queryComment === null) return;
  let text: string | null = null;
  let isRendering = false;
  warehouse.useComment(async (sql) => {
    if (isRendering) return sql;
    isRendering = true;
    try {
      text ??= await warehouse.compiling(() => commentText(compile, node, warehouse));
    } finally {
      isRendering = false;
    }
    return withComment(sql, text, queryComment);
  });
}

/** Holds the destination's fence around `work`; nobody else writes the relation meanwhile. */
export async function fenced<T>(
  services: RunServices,
  session: Session,
  destination: RelationName,
  work: (fence: Fence) => Promise<T>,
): Promise<T> {
  const waits = (holder: string): void => {
    // A schema is made in a moment.
    if (destination.identifier === '') return;
    const text = `${destination.schema}.${destination.identifier} waits for ${holder}`;
    services.emit({ name: 'message', level: 'info', text });
  };
  const fence = await session.fence(destination, { signal: services.signal, waits });
  try {
    return await work(fence);
  } finally {
    await fence.release();
  }
}

function relationValue(services: RunServices, given: Relation | RelationName | SchemaName): Value {
  const { relations } = services.compile;
  if ('type' in given) return relations.fromAdapter(given);
  const identifier = 'identifier' in given ? given.identifier : null;
  return relations.ofNode({
    database: given.database,
    schema: given.schema,
    identifier: identifier as string,
  });
}
