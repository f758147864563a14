/** A stretch of a source file; offsets are UTF-16 code units into `text`, `end` is exclusive. */
export interface Span {
  /** Path relative to the project's root, with forward slashes. */
  readonly file: string;
  /** The whole text of the file: lines and frames are computed from it only when an error is shown. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One-based line and column of an offset; columns count UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  const bounded = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const newline = text.indexOf('\n', lineStart);
    if (newline < 0 || newline >= bounded) return { line, column: bounded - lineStart + 1 };
    line += 1;
    lineStart = newline + 1;
  }
}

/** Offset of a one-based line and column; the end of the text where the position lies beyond it. */
export function offsetAt(text: string, line: number, column: number): number {
  let lineStart = 0;
  for (let current = 1; current < line; current += 1) {
    const newline = text.indexOf('\n', lineStart);
    if (newline < 0) return text.length;
    lineStart = newline + 1;
  }
  return Math.min(text.length, lineStart + Math.max(0, column - 1));
}

/** The span of one whole line (without its newline), for errors that know a line only. */
export function spanOfLine(file: string, text: string, line: number): Span {
  const start = offsetAt(text, line, 1);
  const newline = text.indexOf('\n', start);
  return { file, text, start, end: newline < 0 ? text.length : newline };
}
