import { allConstraints, isForeignKey } from '../manifest/constraints.ts';
import { jsonText } from '../manifest/json-text.ts';
import type { UniqueId, WorkedNode } from '../manifest/node.ts';

/** What compiling and running add to a node's entry in `manifest.json`. */
export interface Compilation {
  /** The node as it was parsed; foreign keys point to relations. */
  readonly node: WorkedNode;
  readonly path: string | null;
  /** Null for what has nothing to compile: a seed. */
  readonly code: string | null;
  /** The macros that were called: compiling reaches calls that parsing does not, those inside `{% if execute %}`. */
  readonly macros: readonly UniqueId[];
  /** Of the statement that was sent; null where there was none. */
  readonly buildPath: string | null;
}

/** The node with what compiling adds. */
export function compiledNode(compilation: Compilation): WorkedNode {
  const { node, path, code, buildPath } = compilation;
  const built = { ...node, build_path: buildPath } as WorkedNode;
  if (code === null) return built;
  const depends_on = { ...node.depends_on, macros: macrosOf(compilation) };
  return { ...built, compiled_path: path, ...added(code), depends_on } as WorkedNode;
}

/**
 * The same as the text of a JSON object, made of the one that the parse cache has of the node: most of a node is
 * neither read nor written anew.
 */
export function compiledText(entry: string, compilation: Compilation): string {
  const { node, path, code, buildPath } = compilation;
  const built = ['"build_path":null,', `"build_path":${JSON.stringify(buildPath)},`] as const;
  if (code === null) return replaceOnly(entry, [built]) ?? jsonText(compiledNode(compilation));
  if (node.resource_type === 'model' && allConstraints(node).some(isForeignKey))
    return jsonText(compiledNode(compilation));
  const macros = JSON.stringify(node.depends_on.macros);
  const called = JSON.stringify(macrosOf(compilation));
  const parts = replaceOnly(entry, [
    built,
    [`"depends_on":{"macros":${macros},`, `"depends_on":{"macros":${called},`],
    ['"compiled_path":null,"contract":', `"compiled_path":${JSON.stringify(path)},"contract":`],
  ]);
  if (parts === null) return jsonText(compiledNode(compilation));
  return `${parts.slice(0, -1)},${JSON.stringify(added(code)).slice(1)}`;
}

const macrosOf = ({ node, macros }: Compilation): readonly UniqueId[] => [
  ...new Set([...node.depends_on.macros, ...macros]),
];

const added = (code: string) => ({
  compiled: true,
  compiled_code: code,
  extra_ctes_injected: true,
  extra_ctes: [],
});

/** Null where one of the texts is not there exactly once. */
function replaceOnly(text: string, changes: readonly (readonly [from: string, to: string])[]): string | null {
  let out = text;
  for (const [from, to] of changes) {
    const at = out.indexOf(from);
    if (at < 0 || out.includes(from, at + 1)) return null;
    out = out.slice(0, at) + to + out.slice(at + from.length);
  }
  return out;
}
