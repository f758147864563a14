import { codeFrame, formatLocation } from './frame.ts';
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning';

/**
 * dbt's name for the kind of an error, shown first because scripts look for it: `Compilation Error`,
 * `Parsing Error`, ... `Usage Error` is a wrong command line.
 */
export type Family =
  | 'Compilation Error'
  | 'Parsing Error'
  | 'Database Error'
  | 'Runtime Error'
  | 'Dependency Error'
  | 'Validation Error'
  | 'Env Var Missing'
  | 'FailFast Error'
  | 'Usage Error';

/** A user's mistake, or a warning to the user. A bug of ours is an exception instead. */
export interface Diagnostic {
  /** Readable and stable, in kebab case: `ref-not-found`. Documented in `docs/errors.md`. */
  readonly code: string;
  readonly severity: Severity;
  readonly family: Family;
  readonly message: string;
  /** Where; null where no file is to blame. */
  readonly span: Span | null;
  /** What to do about it, or the nearest name. */
  readonly hint: string | null;
  /** Further places that belong to it: the other definition, the macros on the way to the failure. */
  readonly related: readonly RelatedPlace[];
  /** dbt's deprecation or warning event name, where dbt has one; warnings are silenced and raised by it. */
  readonly event: string | null;
  /** The data fields of that event, by dbt's names. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface RelatedPlace {
  readonly message: string;
  readonly span: Span | null;
}

export type DiagnosticFields = Pick<Diagnostic, 'code' | 'message'> &
  Partial<Omit<Diagnostic, 'code' | 'message'>>;

export function error(fields: DiagnosticFields): Diagnostic {
  return { ...defaults, severity: 'error', ...fields };
}

export function warning(fields: DiagnosticFields): Diagnostic {
  return { ...defaults, severity: 'warning', ...fields };
}

const defaults = {
  family: 'Compilation Error',
  span: null,
  hint: null,
  related: [],
  event: null,
} as const;

/** Ends a phase: carries every error found in it (at least one), in the order of discovery. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: Diagnostic | readonly Diagnostic[], options?: ErrorOptions) {
    const list = Array.isArray(diagnostics)
      ? (diagnostics as readonly Diagnostic[])
      : [diagnostics as Diagnostic];
    super(list.map((diagnostic) => diagnostic.message).join('\n'), options);
    this.name = 'DiagnosticError';
    this.diagnostics = list;
  }
}

/**
 * The form a person reads: `error[code] message`, place, frame, related places, hint. No trailing newline.
 * Colours are the caller's.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const out = [`${diagnostic.severity}[${diagnostic.code}] ${diagnostic.message}`];
  if (diagnostic.span !== null) out.push(`  ${formatLocation(diagnostic.span)}`, ...frameOf(diagnostic.span));
  for (const place of diagnostic.related) {
    out.push(place.span === null ? `  ${place.message}` : `  ${place.message} ${formatLocation(place.span)}`);
    if (place.span !== null) out.push(...frameOf(place.span));
  }
  if (diagnostic.hint !== null) out.push(`  hint: ${diagnostic.hint}`);
  return out.join('\n');
}

/** None of a file that is empty, or whose text was not read. */
const frameOf = (span: Span): readonly string[] => (span.text.trim() === '' ? [] : [codeFrame(span)]);

/** Collects what a phase finds, so that all mistakes of a project are reported in one go. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];

  add(diagnostic: Diagnostic): void {
    this.#list.push(diagnostic);
  }

  /** Runs `work`; its DiagnosticError is collected and `undefined` returned, anything else passes through. */
  collect<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (caught) {
      if (!(caught instanceof DiagnosticError)) throw caught;
      this.#list.push(...caught.diagnostics);
      return undefined;
    }
  }

  get all(): readonly Diagnostic[] {
    return this.#list;
  }

  get errors(): readonly Diagnostic[] {
    return this.#list.filter((diagnostic) => diagnostic.severity === 'error');
  }

  get warnings(): readonly Diagnostic[] {
    return this.#list.filter((diagnostic) => diagnostic.severity === 'warning');
  }

  throwIfErrors(): void {
    const errors = this.errors;
    if (errors.length > 0) throw new DiagnosticError(errors);
  }
}
