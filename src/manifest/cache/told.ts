import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, RelatedPlace } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';

/** A place without the text of its file, which is read again when it is shown. */
interface StoredSpan {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** Of what is no file of the project. */
  readonly text?: string;
}

export interface StoredDiagnostic extends Omit<Diagnostic, 'span' | 'related'> {
  readonly span: StoredSpan | null;
  readonly related: readonly (Omit<RelatedPlace, 'span'> & { readonly span: StoredSpan | null })[];
}

/** `isFile` says of a path of a span whether it is a file of the project. */
export function storeDiagnostic(
  diagnostic: Diagnostic,
  isFile: (shown: string) => boolean,
): StoredDiagnostic {
  const store = (span: Span | null): StoredSpan | null => {
    if (span === null) return null;
    const { file, start, end, text } = span;
    return isFile(file) ? { file, start, end } : { file, start, end, text };
  };
  const related = diagnostic.related.map(({ message, span }) => ({ message, span: store(span) }));
  return { ...diagnostic, span: store(diagnostic.span), related };
}

export function restoreDiagnostic(stored: StoredDiagnostic, directory: string): Diagnostic {
  const restore = (span: StoredSpan | null): Span | null =>
    span === null || span.text !== undefined ? (span as Span | null) : laterSpan(span, directory);
  const related = stored.related.map(({ message, span }) => ({ message, span: restore(span) }));
  return { ...stored, span: restore(stored.span), related };
}

function laterSpan({ file, start, end }: StoredSpan, directory: string): Span {
  const text = laterText(resolve(directory, file));
  return {
    file,
    start,
    end,
    get text() {
      return text();
    },
  };
}

/** The text of a file that was read before, and is known to be UTF-8. */
export const fileText = (path: string): string => readFileSync(path, 'utf8').replace(/^\uFEFF/, '');

/** The same, read when it is first asked for. */
export function laterText(path: string): () => string {
  let text: string | null = null;
  return () => {
    text ??= fileText(path);
    return text;
  };
}
