import { splitStatements } from '../adapter/sql-tokenizer.ts';
import { writeOutput } from '../compile/compiled-files.ts';
import type { Entry } from '../context/names.ts';
import { fromPlain } from '../context/plain.ts';
import { resultObject } from '../context/run-result.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { render } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import { tuple, type Value } from '../jinja/values.ts';
import { modelRecord } from '../manifest/model-value.ts';
import type { OperationNode } from '../manifest/node.ts';
import { failureDiagnostic } from './failures.ts';
import { ItemRun } from './item-run.ts';
import { nodeOutcome, nodeRef } from './node-ref.ts';
import { withNodeSession } from './node-session.ts';
import { placeInFile } from './place-in-file.ts';
import type { RunResult } from './result.ts';
import { resultRecord } from './result-record.ts';
import type { RunServices } from './services.ts';

/** What `on-run-end` hooks see of the run. */
export interface HookContext {
  readonly results: readonly RunResult[];
  readonly schemas: readonly string[];
  readonly databaseSchemas: readonly (readonly [string | null, string])[];
}

/**
 * Runs the hooks of one end of the run, in order, each in a transaction of its own; a hook whose SQL fails ends the
 * list, the rest is skipped. Throws DiagnosticError where a hook cannot be compiled, as a macro that refuses the run:
 * that ends the run itself.
 */
export async function runHooks(
  services: RunServices,
  hooks: readonly OperationNode[],
  context: HookContext | null,
): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  let failed = false;
  for (const [index, hook] of hooks.entries()) {
    const place = { index: index + 1, total: hooks.length };
    services.emit({ name: 'hook-started', hook: nodeRef(hook), ...place });
    const result: RunResult = failed
      ? skipped(services, hook, index)
      : await runHook(services, hook, index, context);
    failed ||= result.status === 'error';
    results.push(result);
    services.emit({ name: 'hook-finished', hook: nodeRef(hook), ...place, outcome: nodeOutcome(result) });
  }
  return results;
}

function itemOf(services: RunServices, hook: OperationNode): ItemRun {
  return new ItemRun({
    node: hook,
    world: services.world,
    emit: services.emit,
    threadId: 'main',
    beforePublish: () => Promise.resolve(),
    record: () => {},
    recordBatches: () => {},
  });
}

/** As dbt tells it: what was kept from running counts as a failure. */
function skipped(services: RunServices, hook: OperationNode, index: number): RunResult {
  const item = itemOf(services, hook);
  item.tested('skipped', 1, `${labelOf(hook, index)} skipped`, {});
  return item.result();
}

const labelOf = (hook: OperationNode, index: number): string =>
  `${hook.package_name}.${hook.tags[0]}.${index}`;

async function runHook(
  services: RunServices,
  hook: OperationNode,
  index: number,
  context: HookContext | null,
): Promise<RunResult> {
  const item = itemOf(services, hook);
  const extra: [string, Entry][] = context === null ? [] : endNames(context);
  try {
    await withNodeSession(services, hook, { undeclaredRefs: true, extra }, async ({ scope, warehouse }) => {
      const template = parseTemplate({ path: hook.original_file_path, text: hook.raw_code });
      const sql = await item.timed('compile', () => render(template, scope.context.environment));
      item.compiledCode = sql;
      if (sql.trim() !== '') item.compiledPath = writeOutput(services.compile, 'compiled', hook, sql);
      let response: Readonly<Record<string, string | number | null>> = { _message: 'OK' };
      await item.timed('execute', async () => {
        const statements = splitStatements(sql, services.adapter.facts.syntax);
        if (statements.length > 0) await warehouse.begin();
        try {
          for (const statement of statements) response = (await warehouse.send(statement.text)).response;
          await warehouse.commit();
        } catch (failure) {
          await warehouse.rollback().catch(() => {});
          throw failure;
        }
      });
      item.tested('success', 0, `${labelOf(hook, index)} passed`, response);
    });
  } catch (thrown) {
    const { compiledPath, compiledCode } = item;
    const failure = failureDiagnostic(thrown, { compiledPath, compiledCode, node: hook });
    const diagnostic = placeInFile(failure, hook, services.compile);
    if (compiledCode === null && !services.signal.aborted) {
      throw new DiagnosticError(diagnostic, { cause: thrown });
    }
    item.fail(diagnostic, 1);
  }
  return item.result();
}

function endNames({ results, schemas, databaseSchemas }: HookContext): [string, Entry][] {
  return [
    ['results', results.map(toldResult)],
    ['schemas', fromPlain(schemas)],
    ['database_schemas', databaseSchemas.map(([database, schema]) => tuple(database, schema))],
  ];
}

/** A result with its node as it was run. */
function toldResult(result: RunResult): Value {
  const { compiledCode, compiledPath, freshness } = result;
  const compiled =
    compiledCode === null
      ? {}
      : {
          compiled: true,
          compiled_code: compiledCode,
          compiled_path: compiledPath,
          extra_ctes_injected: true,
        };
  const node = { ...result.node, ...compiled };
  const givenNode = () => modelRecord(node);
  return resultObject({
    record: { ...resultRecord(result) },
    timings: result.timings,
    node: { ...node },
    givenNode,
    age:
      freshness === null
        ? null
        : { newest: freshness.maxLoadedAt, asked: freshness.snapshottedAt, seconds: freshness.ageSeconds },
  });
}
