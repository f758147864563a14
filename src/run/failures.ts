import { type Failure, type FailureKind, WarehouseError } from '../adapter/failure.ts';
import {
  type Diagnostic,
  DiagnosticError,
  error,
  type Family,
  type RelatedPlace,
} from '../core/diagnostic.ts';
import { positionAt, type Span, spanOfLine } from '../core/span.ts';
import { TemplateError, TemplateSyntaxError, toDiagnostic } from '../jinja/errors.ts';
import type { AnyNode } from '../manifest/node.ts';
import { modelLine } from './model-line.ts';

/** Where a statement came from: the compiled file as written, and the model's own text. */
export interface StatementOrigin {
  /** Relative to the project's root; null where no file was written. */
  readonly compiledPath: string | null;
  readonly compiledCode: string | null;
  readonly node: AnyNode | null;
}

/**
 * Whatever ended a node, as one diagnostic for people: a template's error with its frames, a warehouse's with the
 * compiled line and the model's own. Anything else is a bug and thrown again.
 */
export function failureDiagnostic(thrown: unknown, origin: StatementOrigin): Diagnostic {
  if (thrown instanceof DiagnosticError) return combined(thrown.diagnostics);
  if (thrown instanceof WarehouseError) return warehouseDiagnostic(thrown, origin, []);
  if (thrown instanceof TemplateError) {
    const cause = warehouseErrorIn(thrown);
    return cause === null ? toDiagnostic(thrown) : warehouseDiagnostic(cause, origin, framesOf(thrown));
  }
  if (thrown instanceof TemplateSyntaxError) return toDiagnostic(thrown);
  throw thrown;
}

/** True where the failure is the run's own cancellation. */
export function isCancelled(thrown: unknown): boolean {
  const cause = rootCause(thrown);
  if (cause instanceof WarehouseError) return cause.failure.kind === 'cancelled';
  return cause instanceof Error && cause.name === 'AbortError';
}

/** The warehouse's error, also where a macro sent the statement; null for every other failure. */
export function warehouseErrorIn(thrown: unknown): WarehouseError | null {
  const cause = rootCause(thrown);
  return cause instanceof WarehouseError ? cause : null;
}

/** True where the warehouse said no to the statement itself: the same statement would be refused again. */
export function isRefused(thrown: unknown): boolean {
  const kind = warehouseErrorIn(thrown)?.failure.kind;
  return kind !== undefined && refusals.has(kind);
}

const refusals: ReadonlySet<FailureKind> = new Set(['syntax', 'held', 'data', 'permission', 'unknown']);

function rootCause(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof TemplateError) cause = cause.cause;
  return cause;
}

function combined(diagnostics: readonly Diagnostic[]): Diagnostic {
  const [first, ...rest] = diagnostics;
  if (first === undefined) throw new Error('a DiagnosticError without diagnostics');
  if (rest.length === 0) return first;
  return { ...first, related: [...first.related, ...rest.map(({ message, span }) => ({ message, span }))] };
}

function framesOf(thrown: TemplateError): RelatedPlace[] {
  return thrown.frames.map((frame) => ({
    message: frame.macro === null ? 'sent from' : `sent from macro '${frame.macro}'`,
    span: frame.span,
  }));
}

function warehouseDiagnostic(
  thrown: WarehouseError,
  origin: StatementOrigin,
  frames: RelatedPlace[],
): Diagnostic {
  const { failure } = thrown;
  const compiled = frames.length === 0 ? compiledSpan(thrown, origin) : null;
  const model = compiled === null ? null : modelSpan(compiled, origin);
  const related = [
    ...(model !== null && compiled !== null ? [{ message: 'compiled', span: compiled }] : []),
    ...frames,
  ];
  return error({
    code: `warehouse-${failure.kind}`,
    family: familyOf(failure),
    message: [failure.message, failure.detail].filter((part) => part !== null && part !== '').join('\n  '),
    span: model ?? compiled ?? statementSpan(thrown),
    hint: failure.hint,
    related,
  });
}

function familyOf(failure: Failure): Family {
  return failure.kind === 'cancelled' ? 'Runtime Error' : 'Database Error';
}

/** The place in the compiled query, found inside the statement that wraps it. */
function compiledSpan(
  { failure, sql }: WarehouseError,
  { compiledCode, compiledPath, node }: StatementOrigin,
): Span | null {
  if (failure.position === null || sql === null || compiledCode === null) return null;
  const query = compiledCode.trim();
  const at = query === '' ? -1 : sql.indexOf(query);
  const offset = failure.position - at;
  if (at < 0 || offset < 0 || offset >= query.length) return null;
  const start = offset + compiledCode.indexOf(query);
  return {
    file: compiledPath ?? node?.name ?? 'compiled',
    text: compiledCode,
    start,
    end: wordEnd(compiledCode, start),
  };
}

function statementSpan({ failure, sql }: WarehouseError): Span | null {
  if (failure.position === null || sql === null) return null;
  return { file: 'statement', text: sql, start: failure.position, end: wordEnd(sql, failure.position) };
}

function wordEnd(text: string, start: number): number {
  const word = /^[\w.$"]+/.exec(text.slice(start, start + 80));
  return start + (word === null ? 1 : word[0].length);
}

/** The model's own line, with the same words marked where they stand in it. Texts without a file are their own model. */
function modelSpan(compiled: Span, { node, compiledPath }: StatementOrigin): Span | null {
  if (compiledPath === null || node === null || !('raw_code' in node)) return null;
  if (typeof node.raw_code !== 'string') return null;
  const { line, column } = positionAt(compiled.text, compiled.start);
  const number = modelLine(compiled.text, node.raw_code, line);
  if (number === null) return null;
  const span = spanOfLine(node.original_file_path, node.raw_code, number);
  const raw = span.text.slice(span.start, span.end);
  const text = compiled.text.split('\n')[line - 1] ?? '';
  const indent = raw.search(/\S/);
  if (raw.trim() !== text.trim()) return { ...span, start: span.start + Math.max(0, indent) };
  const start = span.start + column - 1 + indent - text.search(/\S/);
  return { ...span, start, end: start + (compiled.end - compiled.start) };
}
