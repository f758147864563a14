import type { Report } from './config/merge.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';

/** Tells a mistake of a node's configuration with the node's name and place. */
export function reporter(state: ParseState, { node, place }: ParsedNode): Report {
  return (diagnostic) => {
    const message = `${diagnostic.message} (${node.resource_type} '${node.name}')`;
    state.found.add({ ...diagnostic, message, span: diagnostic.span ?? place() });
  };
}
