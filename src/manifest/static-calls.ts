import type { RefCall } from '../context/node-names.ts';
import { toPlain } from '../context/plain.ts';
import type { Span } from '../core/span.ts';
import type { Call, Expression, Statement } from '../jinja/ast.ts';
import type { Template } from '../jinja/template.ts';
import { PyTuple, type Value } from '../jinja/values.ts';
import { literalOf, mentionsOf } from '../jinja/walk.ts';
import type { PlainRecord } from './record.ts';

/** One call of a text, with its literal arguments. */
export type StaticCall =
  | { readonly kind: 'ref'; readonly ref: RefCall }
  | { readonly kind: 'source'; readonly source: readonly [string, string] }
  | {
      readonly kind: 'config';
      readonly values: PlainRecord;
      /** The same as dbt's own static reader of models takes it; null where it leaves the text to rendering. */
      readonly asWritten: PlainRecord | null;
    };

/**
 * The calls of a template that consists of text, `{{ ref(...) }}`, `{{ source(...) }}` and `{{ config(...) }}` with
 * literal arguments; null for any other, which only rendering can tell.
 */
export function staticCalls(template: Template): readonly StaticCall[] | null {
  const out: StaticCall[] = [];
  for (const statement of template.body) {
    if (statement.kind === 'data') continue;
    const call = plainCall(statement);
    const read = call === null ? null : readCall(call, template);
    if (read === null) return null;
    out.push(read);
  }
  return out;
}

function plainCall(statement: Statement): Call | null {
  return statement.kind === 'output' && statement.value.kind === 'call' ? statement.value : null;
}

function readCall(call: Call, template: Template): StaticCall | null {
  const { callee, args } = call;
  if (callee.kind !== 'name' || args.rest !== null || args.keywordRest !== null) return null;
  const positional = args.positional.map(literalOf);
  if (callee.name === 'config') return positional.length === 0 ? readConfig(call, template) : null;
  if (!positional.every((value): value is string => typeof value === 'string' && value !== '')) return null;
  const [first, second] = positional;
  if (callee.name === 'source') {
    if (positional.length !== 2 || args.keywords.length > 0) return null;
    return { kind: 'source', source: [first!, second!] };
  }
  if (callee.name !== 'ref' || positional.length < 1 || positional.length > 2) return null;
  const version = readVersion(call);
  if (version === undefined) return null;
  const name = second ?? first!;
  return { kind: 'ref', ref: { name, package: second === undefined ? null : first!, version } };
}

/** Undefined where only rendering tells. */
function readVersion({ args }: Call): string | number | null | undefined {
  const [keyword, ...others] = args.keywords;
  if (keyword === undefined) return null;
  if (others.length > 0 || (keyword.name !== 'v' && keyword.name !== 'version')) return undefined;
  const value = literalOf(keyword.value);
  const given = typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
  return given && value ? (value as string | number) : undefined;
}

function readConfig({ args }: Call, template: Template): StaticCall | null {
  const values: Record<string, unknown> = {};
  const asWritten: Record<string, unknown> = {};
  let simple = !/\{\{-|-\}\}/.test(template.text);
  for (const { name, value } of args.keywords) {
    const literal = literalOf(value);
    if (literal === undefined || literal instanceof PyTuple) return null;
    const dashed = name === 'pre_hook' || name === 'post_hook';
    values[dashed ? name.replace('_', '-') : name] = toPlain(literal as Value);
    simple &&= !dashed && isSimple(value, template.text);
    if (simple) asWritten[name] = writtenValue(value, template.text);
  }
  if (args.keywords.length === 0) return null;
  return { kind: 'config', values, asWritten: simple ? asWritten : null };
}

const oneLiteral = /^(?:'(?:[^'\\]|\\.)*(?<!\\)'|"(?:[^"\\]|\\.)*(?<!\\)")$/s;

/** Values that dbt's own static reader knows: texts in one piece, `True` and `False`, and lists and mappings of these. */
function isSimple(node: Expression, text: string): boolean {
  if (node.kind === 'list' || node.kind === 'dict') return node.items.every((item) => isSimple(item, text));
  if (node.kind !== 'constant') return false;
  if (typeof node.value === 'boolean') return text[node.start] === (node.value ? 'T' : 'F');
  return typeof node.value === 'string' && oneLiteral.test(text.slice(node.start, node.end));
}

/** A simple value as that reader takes it: escapes in texts stay as they are written. */
function writtenValue(node: Expression, text: string): unknown {
  if (node.kind === 'list') return node.items.map((item) => writtenValue(item, text));
  if (node.kind === 'constant' && typeof node.value === 'string')
    return text.slice(node.start + 1, node.end - 1);
  if (node.kind !== 'dict') return literalOf(node);
  const items = node.items.map((item) => writtenValue(item, text));
  return Object.fromEntries(
    items.flatMap((key, index) => (index % 2 === 0 ? [[key, items[index + 1]]] : [])),
  );
}

/** What a text can depend on. */
export type CallKind = 'ref' | 'source' | 'metric' | 'function';

/** Where the literal calls of a template stand, the first of each, by `ref orders` and `source raw.orders`. */
export function placesOfCalls(template: Template): ReadonlyMap<string, Span> {
  const out = new Map<string, Span>();
  for (const { function: name, args, start, end } of mentionsOf(template).dependencies) {
    if (args === null) continue;
    const key = `${name} ${name === 'source' ? args.map(String).join('.') : String(args.at(-1))}`;
    if (!out.has(key)) out.set(key, { file: template.path, text: template.text, start, end });
  }
  return out;
}
