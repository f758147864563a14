import { parseAst } from 'rolldown/parseAst';

/** What Node has loaded before it comes to us costs nothing to ask for. */
const loadedAnyway = new Set(['node:fs', 'node:path', 'node:url', 'node:events', 'node:module']);

/**
 * Loads Node's modules when something of theirs is used first, not when the program's file is: those of cryptography and
 * of processes take as long as all of ours. For files of CommonJS as rolldown writes them.
 */
export const lazyBuiltins = {
  name: 'lazy-builtins',
  generateBundle: (_, files) => {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = lazily(file.code);
  },
};

function lazily(code) {
  const tree = parseAst(code);
  const loads = new Map();
  for (const statement of tree.body) {
    const [declared] = statement.declarations ?? [];
    const { id, init } = declared ?? {};
    const module = init?.callee?.name === 'require' ? init.arguments[0].value : undefined;
    if (!module?.startsWith('node:') || loadedAnyway.has(module)) continue;
    if (statement.declarations.length === 1) loads.set(id.name, { statement, module });
  }
  const edits = [];
  walk(tree, null, (node, parent) => {
    if (node.type !== 'Identifier' || !loads.has(node.name)) return;
    // Assigned again: what rolldown makes of a module that is taken as a whole.
    if (parent.type === 'AssignmentExpression' && parent.left === node) loads.delete(node.name);
    edits.push(node);
  });
  const pieces = edits
    .filter((node) => loads.has(node.name))
    .map(({ name, start, end }) => ({ start, end, text: `(${name}())` }));
  for (const [name, { statement, module }] of loads) {
    const { start, end } = statement;
    const text = `let ${name}$;const ${name}=()=>${name}$??=require(${JSON.stringify(module)});`;
    pieces.push({ start, end, text });
  }
  // A declaration is one edit, the name in it none.
  const outer = pieces.filter(
    (one) => !pieces.some((by) => by !== one && by.start <= one.start && one.end <= by.end),
  );
  return outer
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), code);
}

function walk(node, parent, visit) {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') walk(child, node, visit);
    }
  }
}
