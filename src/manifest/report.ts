import type { Span } from '../core/span.ts';
import type { Report } from './config/merge.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';

/** Where a key of a properties file's configuration stands; null where that does not have it. */
export type KeyPlace = (key: string) => Span | null;

/**
 * Tells a mistake of a node's configuration where it is written: in its text, in its properties, or in a project file,
 * where it is told once for all nodes that it applies to.
 */
export function reporter(state: ParseState, parsed: ParsedNode, properties: KeyPlace = nowhere): Report {
  const { node, place } = parsed;
  return (diagnostic, key) => {
    const own = key === null ? null : (placeOfCall(parsed, key) ?? properties(key));
    if (own === null && key !== null) {
      const { resource_type: type, package_name: packageName, fqn } = node;
      if (state.configs.tellInProject({ type, packageName, fqn }, diagnostic, key)) return;
    }
    const message = `${diagnostic.message} (${node.resource_type} '${node.name}')`;
    state.found.add({ ...diagnostic, message, span: own ?? diagnostic.span ?? place() });
  };
}

const nowhere: KeyPlace = () => null;

/** The first mention of a key that is given as a value, from the node's place on. */
function placeOfCall({ calls, place }: ParsedNode, key: string): Span | null {
  if (!Object.hasOwn(calls, key)) return null;
  const { file, text, start } = place();
  // A properties file gives the configuration of its tests; every other text calls config().
  const from = Math.max(start, /\.ya?ml$/.test(file) ? 0 : text.indexOf('config(', start));
  const spelled = key.replace(/[-_]/g, '[-_]').replace(/[^\w[\]-]/g, '\\$&');
  const found = new RegExp(`(?<![\\w])${spelled}['"]?\\s*[=:](?!=)`).exec(text.slice(from));
  if (found === null) return null;
  const at = from + found.index;
  return { file, text, start: at, end: at + key.length };
}
