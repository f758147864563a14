import { relationKey } from '../adapter/facts.ts';
import type { Relation } from '../adapter/relation.ts';
import { splitStatements } from '../adapter/sql-tokenizer.ts';
import type { StateRelation } from '../artifacts/state-relations.ts';
import { destinationOf, makesRelation, relationOfNode } from '../compile/relations.ts';
import type { RelationValue } from '../context/relation.ts';
import type { Value } from '../jinja/values.ts';
import type { GraphNode, UniqueId } from '../manifest/node.ts';
import { planNode } from '../plan/plan-node.ts';
import type { ItemRun } from './item-run.ts';
import { fenced, type NodeSession } from './node-session.ts';
import { publishByProgram, withProgramSession } from './programs/run-program.ts';
import { executePlan } from './publish/execute-plan.ts';
import { lookAtDestination } from './publish/look-at-destination.ts';
import type { ItemWork } from './run-nodes.ts';
import type { RunServices } from './services.ts';

/** What is cloned from where. */
interface Clone {
  readonly node: GraphNode;
  readonly session: NodeSession;
  readonly other: RelationValue;
  /** What stands at the destination. */
  readonly existing: Relation | null;
  /** Everything of the other relation. */
  readonly sql: string;
}

/**
 * Makes each node's relation from that of another run, as dbt's clone does: a copy where the warehouse's macros say that
 * tables can be cloned and the other is one, else a view. What stands at the destination stays, without
 * `--full-refresh`.
 */
export const cloneWork =
  (state: ReadonlyMap<UniqueId, StateRelation>): ItemWork =>
  async (services, _item, node, item) => {
    const graphNode = node as GraphNode;
    const noop = (text: string): void => {
      services.emit({ name: 'template-log', text, level: 'info', uniqueId: node.unique_id });
      item.succeed({}, 'No-op');
    };
    if (!makesRelation(graphNode)) return item.succeed({}, 'No-op');
    const relation = state.get(node.unique_id);
    if (relation === undefined) return noop(`No relation found in state manifest for ${node.unique_id}`);
    const { relations } = services.compile;
    const { relationName, ...name } = relation;
    const other = relations.ofNode(name);
    const sql = `select * from ${relationName ?? other.render()}`;
    const destination = destinationOf(relations, graphNode);
    await withProgramSession(services, graphNode, item, { undeclaredRefs: true }, (session) =>
      fenced(services, session.session, destination, async (fence) => {
        const existing = await lookAtDestination(services, session, graphNode, fence);
        const program = services.programs.get('clone');
        if (program !== undefined) {
          const names: [string, Value][] = [['defer_relation', other as unknown as Value]];
          const run = { session, program, sql, compiledPath: null, names, mainOptional: true };
          return publishByProgram(services, graphNode, item, run);
        }
        if (existing !== null && !services.fullRefresh) {
          return noop(`Relation ${relations.fromAdapter(existing).render()} already exists`);
        }
        const { facts } = services.adapter;
        if (relationKey(facts, destination) === relationKey(facts, relations.stored(name))) {
          return noop(`Relation ${other.render()} would be cloned from itself, and stays`);
        }
        await item.beforePublish();
        await item.timed('execute', () =>
          clone(services, { node: graphNode, session, other, existing, sql }, item),
        );
      }),
    );
  };

async function clone(services: RunServices, given: Clone, item: ItemRun): Promise<void> {
  const { session, other } = given;
  if ((await session.render('can_clone_table', [])) === 'True') {
    const { database, schema, identifier } = other;
    const standing = await session.warehouse.getRelation({ database, schema, identifier: identifier! });
    if (standing?.type === 'table') return cloneTable(services, given, item);
  }
  const { node, existing, sql } = given;
  const plan = planNode({
    node: { ...node, config: { ...node.config, materialized: 'view' } } as GraphNode,
    recipes: services.adapter.recipes,
    facts: services.adapter.facts,
    existing,
    fullRefresh: false,
    hasMacro: () => false,
  });
  const outcome = await executePlan({ services, node, session, plan, sql });
  item.built(services.compile, node, outcome.mainSql);
  item.succeed(outcome.response);
}

/** In one transaction with the drop of what is no table. */
async function cloneTable(services: RunServices, given: Clone, item: ItemRun): Promise<void> {
  const { node, session, other, existing } = given;
  const { warehouse } = session;
  const target = relationOfNode(services.compile.relations, node).with({ type: 'table' });
  let response = { _message: 'OK' } as Awaited<ReturnType<typeof warehouse.send>>['response'];
  await warehouse.begin();
  try {
    if (existing !== null && existing.type !== 'table') await warehouse.dropRelation(existing);
    const text = await session.render('create_or_replace_clone', [
      target as unknown as Value,
      other as unknown as Value,
    ]);
    for (const { text: statement } of splitStatements(text, services.adapter.facts.syntax)) {
      response = (await warehouse.send(statement)).response;
    }
    await warehouse.commit();
    item.built(services.compile, node, text);
  } catch (failure) {
    // The failure is the one to tell; the session's release ends what cannot be rolled back.
    await warehouse.rollback().catch(() => {});
    throw failure;
  }
  services.cache.add({ ...destinationOf(services.compile.relations, node), type: 'table' });
  item.succeed(response);
}
