import { positionAt, type Span } from './span.ts';

const contextLines = 1;
const longestLine = 160;

/**
 * The lines around a span with a marker under it, each line starting with its number. A line longer than 160
 * characters is shown as a window around the marker, so that generated SQL stays readable.
 */
export function codeFrame(span: Span): string {
  const { line, column } = positionAt(span.text, span.start);
  const lines = span.text.split('\n');
  const first = Math.max(1, line - contextLines);
  const last = Math.min(lines.length, line + contextLines);
  const gutter = String(last).length;
  const out: string[] = [];
  const width = markerWidth(span, lines[line - 1] ?? '', column);
  const shift = column - 1 > longestLine - 20 ? column - 21 : 0;
  for (let number = first; number <= last; number += 1) {
    const text = window(expandTabs(lines[number - 1] ?? ''), shift);
    out.push(`  ${String(number).padStart(gutter)} | ${text}`.trimEnd());
    if (number === line) {
      const lead = expandTabs((lines[line - 1] ?? '').slice(0, column - 1)).length - shift;
      out.push(`  ${' '.repeat(gutter)} | ${' '.repeat(Math.max(0, lead))}${'^'.repeat(width)}`);
    }
  }
  return out.join('\n');
}

/** `file:line:column`, the form that editors and terminals make clickable. */
export function formatLocation(span: Span): string {
  const { line, column } = positionAt(span.text, span.start);
  return `${span.file}:${line}:${column}`;
}

function markerWidth(span: Span, line: string, column: number): number {
  const rest = line.trimEnd().length - (column - 1);
  return Math.max(1, Math.min(span.end - span.start, rest, 80));
}

/** Tabs as two spaces; control characters as their pictures, so that a file's bytes never steer the terminal. */
const expandTabs = (text: string): string =>
  text
    .replace(/\t/g, '  ')
    .replace(/\r$/, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    .replace(/[\u0000-\u001f\u007f]/g, (control) =>
      control === '\u007f' ? '␡' : String.fromCharCode(0x2400 + control.charCodeAt(0)),
    );

function window(text: string, shift: number): string {
  const cut = text.slice(shift, shift + longestLine);
  return text.length > shift + longestLine ? `${cut}…` : cut;
}
