import type { ParsedNode } from './node-store.ts';

const call = /\bdbt\s*\.\s*(ref|source)\s*\(\s*(['"])([^'"]+)\2\s*(?:,\s*(['"])([^'"]+)\4\s*)?\)/g;

/**
 * Reads what a Python model refers to, so that the graph is whole. Python models are not run; a call whose
 * arguments are not literal texts is not seen.
 */
export function readPythonModel(parsed: ParsedNode, text: string): void {
  parsed.calls['materialized'] = 'table';
  for (const match of text.matchAll(call)) {
    const [first, second] = [match[3]!, match[5]];
    if (match[1] === 'source') {
      if (second !== undefined) parsed.sources.push([first, second]);
    } else if (second === undefined) parsed.refs.push({ name: first, package: null, version: null });
    else parsed.refs.push({ name: second, package: first, version: null });
  }
}
