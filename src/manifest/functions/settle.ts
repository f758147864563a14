import { relationKey } from '../../adapter/facts.ts';
import { DefinedStore } from '../defined-store.ts';
import { functionArgumentOrder } from '../errors.ts';
import { sameRelation } from '../name-errors.ts';
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
  tellReplaced(state, store);
  return store;
}

/** dbt looks at relations only: of two functions that are one to the warehouse, the one that is made last stays. */
function tellReplaced(state: ParseState, { nodes }: DefinedStore<ParsedNode>): void {
  const { facts } = state.services;
  const byName = new Map<string, ParsedNode>();
  for (const parsed of nodes.values()) {
    const { database, schema, alias: identifier, arguments: taken } = parsed.node as FunctionNode;
    const types = facts.overloads ? taken.map(({ data_type: type }) => type.trim().toLowerCase()) : [];
    const key = [relationKey(facts, { database, schema, identifier }), ...types].join('\u0000');
    const other = byName.get(key);
    byName.set(key, parsed);
    if (other === undefined) continue;
    const shown = state.relations.ofNode({ database, schema, identifier }).render();
    state.found.add(
      sameRelation(shown, labelOf(other.node), labelOf(parsed.node), parsed.place(), other.place()),
    );
  }
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
