import type { Span } from '../core/span.ts';
import type { Body, Expression, Keyword } from '../jinja/ast.ts';
import { bodiesOf, expressionsOf, operandsOf } from '../jinja/children.ts';
import { TemplateSyntaxError } from '../jinja/errors.ts';
import { parseTemplate } from '../jinja/template.ts';
import { dottedName } from '../jinja/walk.ts';
import type { WorkedNode } from './node.ts';

/** Where a node's own text sets a key, as in `config(key=...)`; null where it is set in YAML, or by a macro. */
export function configPlace(node: WorkedNode, key: string): Span | null {
  if (!('raw_code' in node) || typeof node.raw_code !== 'string' || !node.raw_code.includes(key)) return null;
  const source = { path: node.original_file_path, text: node.raw_code };
  const found = keywordOf(source, key);
  if (found === null) return null;
  const { start, end } = found.value;
  return { file: source.path, text: source.text, start, end };
}

function keywordOf(source: { readonly path: string; readonly text: string }, key: string): Keyword | null {
  try {
    return inBody(parseTemplate(source).body, key);
  } catch (caught) {
    // The text of a Python model is no template.
    if (caught instanceof TemplateSyntaxError) return null;
    throw caught;
  }
}

function inBody(body: Body, key: string): Keyword | null {
  for (const statement of body) {
    for (const expression of expressionsOf(statement)) {
      const found = inExpression(expression, key);
      if (found !== null) return found;
    }
    for (const inner of bodiesOf(statement)) {
      const found = inBody(inner, key);
      if (found !== null) return found;
    }
  }
  return null;
}

function inExpression(node: Expression, key: string): Keyword | null {
  if (node.kind === 'call' && dottedName(node.callee) === 'config') {
    return node.args.keywords.find(({ name }) => name === key) ?? null;
  }
  for (const operand of operandsOf(node)) {
    const found = inExpression(operand, key);
    if (found !== null) return found;
  }
  return null;
}
