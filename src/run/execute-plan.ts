import type { StatementResult } from '../adapter/cell.ts';
import { stagingName } from '../adapter/names.ts';
import type { Argument, Decision, Step } from '../adapter/recipe.ts';
import type { Column, RelationName } from '../adapter/relation.ts';
import { splitStatements } from '../adapter/sql-tokenizer.ts';
import { destinationOf, relationOfNode } from '../compile/relations.ts';
import { ColumnClass } from '../context/column.ts';
import { fromPlain } from '../context/plain.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { render } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import { PyDict, type Value } from '../jinja/values.ts';
import type { GraphNode, Hook } from '../manifest/node.ts';
import { schemaChanged } from '../plan/errors.ts';
import type { NodePlan, PlannedStep } from '../plan/plan.ts';
import { compareColumns, isChanged, policyOf } from '../plan/schema-change.ts';
import { checkUniqueKey } from '../plan/unique-key.ts';
import type { NodeSession } from './node-session.ts';
import type { RunServices } from './services.ts';

export interface PlanRun {
  readonly services: RunServices;
  readonly node: GraphNode;
  readonly session: NodeSession;
  readonly plan: NodePlan;
  /** The compiled query. */
  readonly sql: string;
  /** Loads the rows of a seed into a table; gives the response of the whole. */
  readonly loadSeed?: (target: RelationName) => Promise<StatementResult['response']>;
  /** What macros of a seed get as `agate_table`. */
  readonly seedTable?: Value;
}

/** What the plan did: the main statement as sent, and the warehouse's answer to it. */
export interface PlanOutcome {
  readonly mainSql: string;
  readonly response: StatementResult['response'];
}

/**
 * Runs a plan block by block. A block is one transaction; at the first failure it is rolled back and the error goes
 * on, so that the destination is as it was. Names of temporary relations are made for this invocation alone.
 */
export async function executePlan(run: PlanRun): Promise<PlanOutcome> {
  const state = new PlanState(run);
  const { warehouse } = run.session;
  try {
    for (const block of run.plan.blocks) {
      if (block.transaction && !run.session.session.inTransaction) await warehouse.begin();
      for (const step of block.steps) await state.step(step);
      await warehouse.commit();
      if (block.steps.some((step) => step.kind !== 'hook')) {
        run.services.cache.add({ ...destinationOf(run.node), type: run.plan.makes });
      }
    }
  } catch (failure) {
    await settleRollback(run.session);
    throw failure;
  }
  return { mainSql: state.mainSql, response: state.response };
}

/** The first failure is the one to tell: what goes wrong while rolling back must not hide it. */
async function settleRollback({ warehouse }: NodeSession): Promise<void> {
  try {
    await warehouse.rollback();
  } catch {
    // The session is released next, which ends the transaction on the server's side.
  }
}

class PlanState {
  readonly #run: PlanRun;
  readonly #destination: RelationName;
  readonly #temporary: RelationName;
  readonly #staging: RelationName;
  #columns: readonly Column[] = [];
  mainSql = '';
  response: StatementResult['response'] = { _message: 'OK' };

  constructor(run: PlanRun) {
    const { services, node } = run;
    const { facts } = services.adapter;
    const named = (suffix: string): RelationName =>
      stagingName(facts, destinationOf(node), { invocationId: services.invocationId, suffix });
    this.#run = run;
    this.#destination = destinationOf(node);
    this.#temporary = { ...named('tmp'), database: null, schema: null };
    this.#staging = named('new');
  }

  async step(step: PlannedStep): Promise<void> {
    switch (step.kind) {
      case 'hook':
        return this.#hook(step.hook);
      case 'decide':
        return this.#decide(step.decision, step.main);
      case 'macro':
        return this.#macro(step);
    }
  }

  async #hook(hook: Hook): Promise<void> {
    const { session, node } = this.#run;
    const template = parseTemplate({ path: `${node.original_file_path} (hook)`, text: hook.sql });
    const sql = await render(template, session.scope.context.environment);
    for (const statement of this.#split(sql)) await session.warehouse.send(statement);
  }

  async #macro({ macro, args, main, sendsOutput }: Extract<Step, { kind: 'macro' }>): Promise<void> {
    const { session } = this.#run;
    const text = await session.render(
      macro,
      args.map((argument) => this.#argument(argument)),
    );
    const statements = sendsOutput ? this.#split(text) : [];
    let response: StatementResult['response'] = { _message: 'OK' };
    for (const statement of statements) response = (await session.warehouse.send(statement)).response;
    if (main) this.#keepMain(text, response);
  }

  #keepMain(sql: string, response: StatementResult['response']): void {
    this.mainSql = sql;
    this.response = response;
  }

  async #decide(decision: Decision, main: boolean): Promise<void> {
    switch (decision) {
      case 'schema-change':
        this.#columns = await this.#changeSchema();
        return;
      case 'load-seed': {
        const { loadSeed } = this.#run;
        if (loadSeed === undefined) throw new Error('a recipe loads a seed for a node that is none');
        const response = await loadSeed(this.#destination);
        if (main) this.#keepMain('', response);
        return;
      }
      default:
        throw new Error(`the step '${decision}' has nothing to do in this recipe`);
    }
  }

  /** Brings the destination's columns in line with the new rows'; gives the columns to insert. */
  async #changeSchema(): Promise<readonly Column[]> {
    const { session, node, plan, services } = this.#run;
    const destination = await session.warehouse.columnsOf(this.#destination);
    const source = await session.warehouse.columnsOf(this.#temporary);
    if (plan.recipe !== 'append') checkUniqueKey(node, { destination, source });
    const policy = policyOf(node.config['on_schema_change']);
    if (policy === 'ignore') return destination;
    const change = compareColumns(destination, source, services.adapter.facts.caseInsensitiveNames);
    if (!isChanged(change)) return source;
    if (policy === 'fail') throw new DiagnosticError(schemaChanged(node, change));
    const columns = new ColumnClass(services.adapter.facts);
    const relation = relationOfNode(services.compile.relations, node);
    const removed = policy === 'sync_all_columns' ? change.removed : [];
    const wrap = (list: readonly Column[]): Value => list.map((column) => columns.fromAdapter(column));
    await session.render('alter_relation_add_remove_columns', [relation, wrap(change.added), wrap(removed)]);
    if (policy === 'sync_all_columns') {
      for (const { column } of change.retyped) {
        await session.render('alter_column_type', [relation, column.name, column.type]);
      }
    }
    return source;
  }

  #split(sql: string): string[] {
    return splitStatements(sql, this.#run.services.adapter.facts.syntax).map((statement) => statement.text);
  }

  #argument(argument: Argument): Value {
    const { services, node, plan, sql, seedTable } = this.#run;
    const { relations } = services.compile;
    switch (argument) {
      case 'destination':
        return relationOfNode(relations, node).with({ type: plan.makes });
      case 'existing':
        return plan.existing === null ? null : relations.fromAdapter(plan.existing);
      case 'temporary':
        return relations.ofNode(this.#temporary, { type: 'table' });
      case 'staging':
        return relations.ofNode(this.#staging, { type: plan.makes });
      case 'sql':
        return sql;
      case 'model':
        return fromPlain(node);
      case 'seed':
        return seedTable ?? null;
      case 'incremental':
        return this.#incremental();
      default:
        return argument;
    }
  }

  /** dbt's `arg_dict` of an incremental strategy's macro. */
  #incremental(): Value {
    const { services, node } = this.#run;
    const { relations } = services.compile;
    const columns = new ColumnClass(services.adapter.facts);
    return PyDict.fromRecord({
      target_relation: relationOfNode(relations, node).with({ type: 'table' }),
      temp_relation: relations.ofNode(this.#temporary, { type: 'table' }),
      unique_key: fromPlain(node.config['unique_key'] ?? null),
      dest_columns: this.#columns.map((column) => columns.fromAdapter(column)),
      incremental_predicates: fromPlain(
        node.config['incremental_predicates'] ?? node.config['predicates'] ?? null,
      ),
    });
  }
}
