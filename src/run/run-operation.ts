import type { MacroSource } from '../context/macro-registry.ts';
import { fromPlain } from '../context/plain.ts';
import { valueAsync } from '../jinja/driver.ts';
import { TemplateError, withFrame } from '../jinja/errors.ts';
import type { Value } from '../jinja/values.ts';
import type { OperationNode } from '../manifest/node.ts';
import { failureDiagnostic, isCancelled } from './failures.ts';
import { ItemRun } from './item-run.ts';
import { withNodeSession } from './node-session.ts';
import type { RunResult } from './result.ts';
import type { RunServices } from './services.ts';

/** A macro to be run by itself, and what it is called with, by name. */
export interface MacroCall {
  readonly macro: MacroSource;
  /** Plain data, as YAML has it. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The macro as templates see it: `model`. */
  readonly record: unknown;
}

/**
 * Calls a macro in a context of its own; `holder` is the node that it is rendered as. What a transaction of the macro
 * has not committed when it ends is rolled back. The result is dbt's: no message, one failure where it failed.
 */
export async function runOperation(
  services: RunServices,
  holder: OperationNode,
  { macro, args, record }: MacroCall,
): Promise<RunResult> {
  const item = new ItemRun({
    node: holder,
    world: services.world,
    emit: services.emit,
    threadId: 'MainThread',
    record: () => {},
    recordBatches: () => {},
    beforePublish: () => Promise.resolve(),
  });
  const { implicitTransactions } = services.adapter.facts;
  const scope = {
    undeclaredRefs: true,
    ephemeralRefs: false,
    extra: [['model', fromPlain(record)]],
  } as const;
  try {
    await withNodeSession(services, holder, scope, async (session) => {
      if (implicitTransactions) session.warehouse.openFor('none');
      const { names } = session.scope.context;
      names.remove('this');
      const call = await item.timed('compile', async () => names.macro(macro));
      const kwargs = new Map(Object.entries(args).map(([name, value]) => [name, fromPlain(value)] as const));
      await item.timed('execute', () => called(macro, () => call.call([], kwargs)));
    });
    item.succeed({});
  } catch (thrown) {
    if (isCancelled(thrown)) item.skip('skipped', 'cancelled');
    else item.fail(failureDiagnostic(thrown, { compiledPath: null, compiledCode: null, node: null }));
  }
  const result = item.result();
  return { ...result, message: null, failures: result.status === 'success' ? 0 : 1 };
}

/** Arguments that do not fit are told at the macro's head, since no template made the call. */
async function called(
  { file, text, start }: MacroSource,
  call: () => Parameters<typeof valueAsync>[0],
): Promise<Value> {
  let begun: ReturnType<typeof call>;
  try {
    begun = call();
  } catch (thrown) {
    if (thrown instanceof TemplateError) throw thrown;
    const head = { file, text, start, end: text.indexOf('%}', start) + 2 };
    throw withFrame(thrown, { macro: null, span: head });
  }
  return valueAsync(begun);
}
