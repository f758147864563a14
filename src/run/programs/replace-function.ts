import type { StatementResult } from '../../adapter/cell.ts';
import type { WarehouseError } from '../../adapter/failure.ts';
import type { FunctionInTheWay } from '../../adapter/relation.ts';
import { destinationOf } from '../../compile/relations.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import type { FunctionNode } from '../../manifest/node.ts';
import { functionHeld } from '../errors.ts';
import { isRefused, warehouseErrorIn } from '../failures.ts';
import { type Replacing, restoreDependents, setDependentsAside } from '../publish/dependents.ts';
import { repeatSwap } from '../publish/swap.ts';

/**
 * Sends the statement that makes a function. What stands there may refuse to become the new one, as a PostgreSQL function
 * does that is to return another type: it is then dropped first, in the same transaction. Views that call it are made
 * again; anything else that depends on it keeps it where it is, and fails the node.
 */
export async function replaceFunction(
  run: Replacing,
  node: FunctionNode,
  send: () => Promise<StatementResult>,
): Promise<StatementResult> {
  const { services, session } = run;
  let result: StatementResult | null = null;
  try {
    await session.session.attempt(async () => {
      result = await send();
    });
  } catch (failure) {
    const refused = isRefused(failure) ? warehouseErrorIn(failure) : null;
    if (refused === null) throw failure;
    const name = destinationOf(services.compile.relations, node);
    const types = node.arguments.map(({ data_type: type }) => type);
    await repeatSwap(run, async () => {
      const former = await session.session.functionInTheWay(name, types, refused);
      if (former === null) throw failure;
      const aside = await setDependentsAside(run, former.dependents);
      await dropFormer(run, node, former, refused);
      result = await send();
      for (const statement of former.restore) await session.warehouse.send(statement);
      await restoreDependents(run, aside);
    });
  }
  return result!;
}

async function dropFormer(
  { session }: Replacing,
  node: FunctionNode,
  { description, drop }: FunctionInTheWay,
  { failure: { message } }: WarehouseError,
): Promise<void> {
  try {
    await session.warehouse.send(drop);
  } catch (thrown) {
    const held = warehouseErrorIn(thrown)?.failure;
    if (held?.kind !== 'held') throw thrown;
    throw new DiagnosticError(functionHeld(node, description, message, held.detail), { cause: thrown });
  }
}
