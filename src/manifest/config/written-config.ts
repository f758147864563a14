import type { Body, Call, Expression } from '../../jinja/ast.ts';
import { bodiesOf, expressionsOf, operandsOf } from '../../jinja/children.ts';
import { keywordText } from '../../jinja/syntax-text.ts';
import { parseTemplate } from '../../jinja/template.ts';
import type { ParsedNode } from '../node-store.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';

/**
 * The flag `state_modified_compare_more_unrendered_values` keeps configuration for state comparison as it is written.
 * Of a text that is the first `config(...)`, each keyword as Jinja2's syntax tree prints it, where dbt renders the
 * text: what it reads without rendering stays as it is.
 */
export function writtenCalls({ node, calls, written }: ParsedNode): PlainRecord {
  const python = 'language' in node && node.language === 'python';
  if (written !== undefined || python || Object.keys(calls).length === 0) return calls;
  const { raw_code: text, original_file_path: path } = node;
  if (!text.includes('config(')) return calls;
  const keywords = configCall(parseTemplate({ path, text }).body)?.args.keywords ?? [];
  if (keywords.length === 0) return calls;
  return Object.fromEntries(keywords.map((keyword) => [keyword.name, keywordText(keyword)]));
}

/** The `config` of properties with what is written laid over what was rendered. dbt puts lists in twice. */
export function withWritten(patch: PlainRecord | null, written: unknown): PlainRecord | null {
  if (!isRecord(written) || Object.keys(written).length === 0) return patch;
  const out: Record<string, unknown> = { ...patch };
  for (const [key, value] of Object.entries(written)) {
    const before = own(out, key);
    if (isRecord(value)) out[key] = withWritten(isRecord(before) ? before : {}, value);
    else out[key] = Array.isArray(value) && Array.isArray(before) ? [...value, ...before] : value;
  }
  return out;
}

function configCall(body: Body): Call | null {
  for (const statement of body) {
    for (const expression of expressionsOf(statement)) {
      const found = callWithin(expression);
      if (found !== null) return found;
    }
    for (const inner of bodiesOf(statement)) {
      const found = configCall(inner);
      if (found !== null) return found;
    }
  }
  return null;
}

function callWithin(node: Expression): Call | null {
  if (node.kind === 'call' && node.callee.kind === 'name' && node.callee.name === 'config') return node;
  for (const operand of operandsOf(node)) {
    const found = callWithin(operand);
    if (found !== null) return found;
  }
  return null;
}
