import { type Diagnostic, DiagnosticError, error, type RelatedPlace } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import { PyError, raise } from './py-error.ts';
import type { Value } from './values.ts';

/** A template that cannot be parsed; positions are those of the whole file. */
export class TemplateSyntaxError extends Error {
  readonly span: Span;
  readonly hint: string | null;
  /** `TemplateAssertionError` for unknown filters and tests, as in Jinja2. */
  readonly type: string;

  constructor(message: string, span: Span, hint: string | null = null, type = 'TemplateSyntaxError') {
    super(message);
    this.name = 'TemplateSyntaxError';
    this.type = type;
    this.span = span;
    this.hint = hint;
  }
}

/** A filter or test that Jinja2 refuses when it compiles a template. */
export function unknownFilterOrTest(
  what: 'filter' | 'test',
  name: string,
  known: Iterable<string>,
  span: Span,
): TemplateSyntaxError {
  const message = `No ${what} named '${name}'.`;
  return new TemplateSyntaxError(message, span, didYouMean(name, known), 'TemplateAssertionError');
}

/** The same inside an `if`, where it fails only when it is reached. */
export function raiseUnknown(what: 'filter' | 'test', name: string, known: Iterable<string>): never {
  return raise('TemplateRuntimeError', `No ${what} named '${name}' found.`, didYouMean(name, known));
}

/** Brackets or blocks within one another until the parser's stack is full. */
export function nestedTooDeeply(span: Span): TemplateSyntaxError {
  return new TemplateSyntaxError('the template is nested too deeply', span);
}

/** Where an evaluation stood: in a macro, or in the template itself where `macro` is null. */
export interface TemplateFrame {
  readonly macro: string | null;
  readonly span: Span;
}

/** A failed evaluation, with the way to it: frames go from the innermost macro out to the template. */
export class TemplateError extends Error {
  /** Python's name of the error, or the class name of an error that came out of a host function. */
  readonly type: string;
  readonly hint: string | null;
  readonly frames: TemplateFrame[] = [];

  constructor(type: string, message: string, hint: string | null, cause: unknown) {
    super(message, { cause });
    this.name = 'TemplateError';
    this.type = type;
    this.hint = hint;
  }
}

/**
 * Not an error: how `return(x)` leaves a macro. It ends the innermost macro that was called as a dbt macro, passing
 * through call blocks, set blocks and inline macros, and its value is that call's value.
 */
export class MacroReturn {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** Adds a frame to whatever was thrown in it; the first one makes it a TemplateError. */
export function withFrame(thrown: unknown, frame: TemplateFrame): unknown {
  if (thrown instanceof MacroReturn || thrown instanceof TemplateSyntaxError) return thrown;
  const failure = thrown instanceof TemplateError ? thrown : templateError(thrown);
  failure.frames.push(frame);
  return failure;
}

function templateError(thrown: unknown): TemplateError {
  if (thrown instanceof PyError) return new TemplateError(thrown.type, thrown.message, thrown.hint, thrown);
  if (thrown instanceof RangeError) return engineLimit(thrown);
  if (thrown instanceof Error) return new TemplateError(thrown.name, thrown.message, null, thrown);
  return new TemplateError('Error', String(thrown), null, thrown);
}

/** V8 reports a full stack, a text of half a gigabyte and an array beyond 2^32 items as RangeErrors. */
function engineLimit(thrown: RangeError): TemplateError {
  const stack = thrown.message.includes('call stack');
  const message = stack ? 'the template is nested too deeply' : `a value grew too large (${thrown.message})`;
  return new TemplateError(stack ? 'RecursionError' : 'BudgetError', message, null, thrown);
}

/** Whatever parsing or evaluating a template threw, as a diagnostic; anything else is thrown again. */
export function toDiagnostic(thrown: unknown): Diagnostic {
  if (thrown instanceof TemplateSyntaxError) {
    return error({ code: 'template-syntax', message: thrown.message, span: thrown.span, hint: thrown.hint });
  }
  if (!(thrown instanceof TemplateError)) throw thrown;
  const [innermost, ...outer] = thrown.frames;
  const related = outer.map(calledFrom);
  const inner = thrown.cause instanceof DiagnosticError ? thrown.cause.diagnostics[0] : undefined;
  if (inner !== undefined) {
    const places = inner.span === null || innermost === undefined ? related : thrown.frames.map(calledFrom);
    return { ...inner, span: inner.span ?? innermost?.span ?? null, related: [...inner.related, ...places] };
  }
  return error({
    code: codeOf(thrown.type),
    message: `${thrown.type}: ${thrown.message}${innermost?.macro == null ? '' : ` (in macro '${innermost.macro}')`}`,
    span: innermost?.span ?? null,
    hint: thrown.hint,
    related,
  });
}

function calledFrom(frame: TemplateFrame): RelatedPlace {
  const message = frame.macro === null ? 'called from' : `called from macro '${frame.macro}'`;
  return { message, span: frame.span };
}

/** `ZeroDivisionError` becomes `template-zero-division-error`, `re.error` becomes `template-re-error`. */
function codeOf(type: string): string {
  const words = type
    .replace('.', '-')
    .replace(/[A-Z]+(?![a-z])|[A-Z]/g, (letters) => `-${letters.toLowerCase()}`);
  return `template-${words.replace(/^-/, '')}`;
}
