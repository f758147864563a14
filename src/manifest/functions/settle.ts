import { DefinedStore } from '../defined-store.ts';
import { functionArgumentOrder } from '../errors.ts';
import type { FunctionNode } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { labelOf } from '../render-node.ts';
import { settleNode } from '../settle-node.ts';

/** The functions by name once their properties are read, disabled ones aside. */
export function settleFunctions(
  state: ParseState,
  functions: readonly ParsedNode[],
): DefinedStore<ParsedNode> {
  const store = new DefinedStore<ParsedNode>('functions');
  for (const parsed of functions) {
    if (!parsed.settled) settleNode(state, parsed, null);
    checkArguments(state, parsed);
    store.add(state, parsed);
  }
  return store;
}

function checkArguments({ found }: ParseState, { node, place }: ParsedNode): void {
  let optional = false;
  for (const { name, default_value: value } of (node as FunctionNode).arguments) {
    if (value !== null) optional = true;
    else if (optional) {
      found.add(functionArgumentOrder(labelOf(node), name, place()));
      return;
    }
  }
}
