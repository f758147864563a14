import type { StatementResult } from '../../adapter/cell.ts';
import type { Argument, ChangedStep, Decision, EitherStep, MacroStep, Step } from '../../adapter/recipe.ts';
import type { Dependent } from '../../adapter/relation.ts';
import { splitStatements } from '../../adapter/sql-tokenizer.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { render } from '../../jinja/driver.ts';
import { parseTemplate } from '../../jinja/template.ts';
import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import type { Hook } from '../../manifest/node.ts';
import { partitionByOf, touchedPartitions } from '../../plan/partition-by.ts';
import type { PlannedStep } from '../../plan/plan.ts';
import { hookCommitted, hookRolledBack } from '../errors.ts';
import { isRefused } from '../failures.ts';
import { isCommit } from '../session-warehouse.ts';
import { checkCurrentRows, checkQueryKeys } from '../snapshots/snapshot-keys.ts';
import { hasChanges, snapshotColumns, snapshotStrategy } from '../snapshots/snapshot-steps.ts';
import { changeSchema } from './change-schema.ts';
import { checkKeys } from './check-keys.ts';
import { dependentsOf, restoreDependents, setDependentsAside } from './dependents.ts';
import type { PlanRun } from './execute-plan.ts';
import { placeBeside } from './external-file.ts';
import type { FilePlace } from './file-place.ts';
import { type LeftBySteps, type PlanNames, planNames, stepArgument } from './step-arguments.ts';

/** The steps of one plan, run one by one, with what they leave for each other. */
export class PlanSteps {
  readonly #run: PlanRun;
  readonly #names: PlanNames;
  readonly #left: LeftBySteps = {
    columns: [],
    predicates: [],
    strategy: null,
    changes: null,
    foreignKeys: [],
    file: null,
    insertColumns: [],
  };
  #aside: readonly Dependent[] = [];
  /** Where the node's file goes, if it has one. */
  file: FilePlace | null = null;
  mainSql = '';
  response: StatementResult['response'] = { _message: 'OK' };

  constructor(run: PlanRun) {
    this.#run = run;
    this.#names = planNames(run);
  }

  /** The relation beside the destination, as macros get it. */
  get staging(): Value {
    return stepArgument(this.#run, this.#names, this.#left, 'staging');
  }

  get names(): PlanNames {
    return this.#names;
  }

  /** What was found to hang on the relation that stands at the destination. */
  get dependents(): readonly Dependent[] {
    return this.#aside;
  }

  async step(step: PlannedStep): Promise<void> {
    switch (step.kind) {
      case 'hook':
        return this.#hook(step.hook);
      case 'decide':
        return this.#decide(step.decision, step.main);
      case 'macro':
        return this.#macro(step);
      case 'either':
        return this.#either(step);
      case 'changed':
        return this.#changed(step);
    }
  }

  async #either({ first, otherwise }: EitherStep): Promise<void> {
    try {
      await this.#run.session.session.attempt(() => this.#each(first));
    } catch (failure) {
      if (!isRefused(failure)) throw failure;
      await this.#each(otherwise);
    }
  }

  async #changed({ steps }: ChangedStep): Promise<void> {
    if (await hasChanges(this.#run, this.#left.changes)) await this.#each(steps);
    else this.#keepMain('', this.#run.services.adapter.facts.emptyInsert);
  }

  async #each(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.step(step);
  }

  async #hook(hook: Hook): Promise<void> {
    const { session, node, services } = this.#run;
    // Whatever it does, even by a query, it does for good.
    if (!session.session.inTransaction) services.attempt.seal();
    const template = parseTemplate({ path: `${node.original_file_path} (hook)`, text: hook.sql });
    const sql = await render(template, session.scope.context.environment);
    for (const statement of this.#split(sql)) {
      const open = session.session.inTransaction;
      await session.warehouse.send(statement);
      if (open && !session.session.inTransaction) await this.#reopen(statement);
    }
  }

  /** As dbt's drivers do: what follows a hook's own commit is in a transaction again. */
  async #reopen(statement: string): Promise<void> {
    const { services, session, node } = this.#run;
    if (!isCommit(statement)) throw new DiagnosticError(hookRolledBack(node));
    services.compile.context.report(hookCommitted(node));
    await session.warehouse.begin();
  }

  async #macro({ macro, args, main, sendsOutput, gives }: MacroStep): Promise<void> {
    const { session } = this.#run;
    const value = await session.call(macro, await this.#arguments(args));
    if (gives !== null) this.#left[gives] = value;
    const text = value === null ? '' : str(value);
    const statements = sendsOutput ? this.#split(text) : [];
    let response: StatementResult['response'] = { _message: 'OK' };
    for (const statement of statements) response = (await session.warehouse.send(statement)).response;
    if (main) this.#keepMain(text, response);
  }

  async #decide(decision: Decision, main: boolean): Promise<void> {
    const run = this.#run;
    const { destination, temporary } = this.#names;
    switch (decision) {
      case 'schema-change':
        this.#left.columns = await changeSchema(run, destination, temporary);
        return;
      case 'check-keys':
        return checkKeys(run, str(await this.#argument('temporary')));
      case 'partitions-touched':
        this.#left.predicates = [
          touchedPartitions(partitionByOf(run.node), str(await this.#argument('temporary'))),
        ];
        return;
      case 'set-dependents-aside': {
        const dependents = await dependentsOf(run);
        this.#aside = dependents.found;
        await setDependentsAside(run, dependents);
        return;
      }
      case 'restore-dependents':
        await restoreDependents(run, this.#aside);
        return;
      case 'load-seed': {
        if (run.loadSeed === undefined) throw new Error('a recipe loads a seed for a node that is none');
        const response = await run.loadSeed(destination);
        if (main) this.#keepMain('', response);
        return;
      }
      case 'snapshot-strategy':
        this.#left.strategy = await snapshotStrategy(run, destination);
        return;
      case 'check-query-keys':
        return checkQueryKeys(run, this.#left.strategy);
      case 'check-current-rows':
        return checkCurrentRows(run, this.#left.strategy);
      case 'snapshot-columns': {
        const { strategy, changes } = this.#left;
        this.#left.insertColumns = await snapshotColumns(run, destination, { strategy, changes });
        return;
      }
      case 'place-beside':
        this.file = await placeBeside(run, this.#left.file);
        return;
      case 'place-file':
        await this.file?.publish();
        return;
      default:
        throw new Error(`the step '${decision}' has nothing to do in this recipe`);
    }
  }

  #keepMain(sql: string, response: StatementResult['response']): void {
    this.mainSql = sql;
    this.response = response;
  }

  #split(sql: string): string[] {
    return splitStatements(sql, this.#run.services.adapter.facts.syntax).map((statement) => statement.text);
  }

  async #arguments(args: readonly Argument[]): Promise<Value[]> {
    const out: Value[] = [];
    for (const argument of args) out.push(await this.#argument(argument));
    return out;
  }

  async #argument(argument: Argument): Promise<Value> {
    if (typeof argument !== 'object' || argument === null) {
      return stepArgument(this.#run, this.#names, this.#left, argument);
    }
    return this.#run.session.call(argument.macro, await this.#arguments(argument.args));
  }
}
