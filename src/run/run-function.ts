import { destinationOf } from '../compile/relations.ts';
import { macroOfKind } from '../context/function-config.ts';
import { dispatch, dispatchOrder } from '../context/macro-registry.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { TemplateError } from '../jinja/errors.ts';
import { type FunctionNode, unknownReturnType } from '../manifest/node.ts';
import { materializationUnknown } from '../plan/errors.ts';
import { functionKindUnknown, functionReturnsMissing } from './errors.ts';
import { isRefused, warehouseErrorIn } from './failures.ts';
import type { ItemRun } from './item-run.ts';
import { fenced } from './node-session.ts';
import { type Program, programOf, publishByProgram, withProgramSession } from './programs/run-program.ts';
import { compiledItem } from './run-model.ts';
import type { RunServices } from './services.ts';

/**
 * Makes a function of the warehouse by the materialization `function`, the project's or ours, in one transaction. No
 * cache knows of functions, and whatever of the name stands there is replaced, so that nothing is looked at before.
 */
export async function runFunction(services: RunServices, node: FunctionNode, item: ItemRun): Promise<void> {
  const program = programOf(services, node);
  if (program === undefined) {
    throw new DiagnosticError(materializationUnknown(node, String(node.config.materialized), ['function']));
  }
  const destination = destinationOf(services.compile.relations, node);
  await withProgramSession(services, node, item, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destination, async () => {
      const { sql } = await compiledItem(services, session, item);
      if (isOurs(services, program)) checkKind(services, node);
      try {
        await publishByProgram(services, node, item, {
          session,
          program,
          sql,
          compiledPath: item.compiledPath,
          repeatable: isOurs(services, program),
        });
      } catch (failure) {
        throw plainFailure(services, node, failure);
      }
    }),
  );
}

const isOurs = ({ compile }: RunServices, { macro }: Program): boolean =>
  compile.context.registry.isInternal(macro.packageName);

/** Which macro makes it says its kind and language; there are kinds for which this warehouse has none. */
function checkKind({ compile }: RunServices, node: FunctionNode): void {
  const { registry, facts, dispatchOrders } = compile.context;
  const name = macroOfKind(String(node.config['type']), node.language);
  const order = dispatchOrder(registry, 'dbt', dispatchOrders);
  const found = dispatch(
    registry,
    name,
    order,
    [facts.type, ...facts.dispatchParents, 'default'],
    node.package_name,
  );
  if ('tried' in found) throw new DiagnosticError(functionKindUnknown(node, facts.type, name, found.tried));
}

/** What the warehouse refused, without the macros of ours that sent it. */
function plainFailure({ compile }: RunServices, node: FunctionNode, failure: unknown): unknown {
  if (node.returns.data_type === unknownReturnType && isRefused(failure)) {
    return new DiagnosticError(functionReturnsMissing(node, warehouseErrorIn(failure)!.message), {
      cause: failure,
    });
  }
  const { registry } = compile.context;
  const isInternal = (macro: string | null): boolean =>
    registry.isInternal(registry.resolve(macro ?? '', node.package_name)?.packageName ?? '');
  const sent = failure instanceof TemplateError && failure.frames.every(({ macro }) => isInternal(macro));
  return (sent ? warehouseErrorIn(failure) : null) ?? failure;
}
