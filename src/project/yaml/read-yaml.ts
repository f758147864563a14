import { type Diagnostic, DiagnosticError, type Family } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { isSpace } from '../../jinja/characters.ts';
import { readComplete } from './complete-reader.ts';
import { yamlCharacter, yamlLimit, yamlSyntax } from './errors.ts';
import { readFast } from './fast-reader.ts';
import { keyText } from './mapping.ts';
import { type DuplicateAt, YamlLimit, YamlMistake } from './scan.ts';

export interface YamlResult {
  /**
   * Plain objects and arrays, text, booleans, null, numbers. Besides: a bigint for an integer beyond 2^53, a PyFloat
   * for a float with an integral value, a PyDict for a mapping with keys that are not text (or look like numbers and
   * are not in ascending order). Dates are the text that Python prints for them. Aliases share one value: do not
   * change it.
   */
  readonly data: unknown;
  /** Keys written again in their mapping, in the order of the text; the last value is in `data`. */
  readonly duplicates: readonly YamlDuplicate[];
}

export interface YamlDuplicate {
  readonly key: string;
  readonly span: Span;
}

export interface YamlOptions {
  /** What an error is called; `Parsing Error` unless told. */
  readonly family?: Family;
  /** dbt strips the text of most files before it reads them, which shows in a block scalar at the very end. */
  readonly keepEnd?: boolean;
}

/** In UTF-16 code units, as all offsets are. */
const lengthLimit = 2 ** 25;
/** Above this, a mistake is placed by the fast reader: the complete one takes minutes for such a text. */
const completeLimit = 2 ** 22;

/**
 * Reads one YAML document with the meaning of PyYAML's safe loader (YAML 1.1), which is dbt's. `file` is the path
 * shown in errors. Throws DiagnosticError: `yaml-syntax`, `yaml-limit`.
 */
export function readYaml(text: string, file: string, options: YamlOptions = {}): YamlResult {
  const { family = 'Parsing Error', keepEnd = false } = options;
  const spanOf = (start: number, end: number): Span => {
    const from = originalOffset(text, start);
    return { file, text, start: from, end: Math.max(from + 1, from + end - start) };
  };
  const refuse = (diagnostic: Diagnostic): never => {
    throw new DiagnosticError(diagnostic);
  };
  if (text.length > lengthLimit) refuse(yamlLimit(spanOf(0, 1), 'size', family));
  const kept = keepEnd ? text : text.slice(0, endOfText(text));
  const forbidden = kept.search(forbiddenCharacter);
  if (forbidden >= 0) {
    const span = { file, text, start: forbidden, end: forbidden + 1 };
    refuse(yamlCharacter(span, kept.charCodeAt(forbidden), family));
  }
  try {
    const { data, duplicates } = readNormal(normalLines(kept));
    return { data, duplicates: duplicates.map((duplicate) => describeDuplicate(duplicate, spanOf)) };
  } catch (caught) {
    if (caught instanceof YamlLimit) return refuse(yamlLimit(spanOf(caught.offset, 0), caught.kind, family));
    if (!(caught instanceof YamlMistake)) throw caught;
    return refuse(yamlSyntax(spanOf(caught.start, caught.end), caught.kind, caught.message, family));
  }
}

function describeDuplicate({ key, offset }: DuplicateAt, spanOf: (start: number, end: number) => Span) {
  const text = keyText(key);
  return { key: text, span: spanOf(offset, offset + text.length) };
}

/** Lines ended by `\n`, no byte order mark: what libyaml's reader hands on. */
function normalLines(text: string): string {
  return oddCharacter.test(text) ? text.replace(/^\uFEFF/, '').replace(/\r\n?|\x85/g, '\n') : text;
}

function readNormal(text: string): { data: unknown; duplicates: readonly DuplicateAt[] } {
  const fast = readFast(text);
  if ('data' in fast) return fast;
  const { stoppedAt } = fast;
  if (text.length > completeLimit) {
    throw new YamlMistake(
      'TOO_LONG',
      'this is a mistake, or too unusual for so long a text',
      stoppedAt,
      stoppedAt,
    );
  }
  try {
    return readComplete(text);
  } catch (caught) {
    // The package points to where it missed the quote, which is the end of the text.
    if (caught instanceof YamlMistake && isOpenQuote(caught, text[stoppedAt])) {
      throw new YamlMistake('OPEN_QUOTE', caught.message, stoppedAt, stoppedAt + 1);
    }
    throw caught;
  }
}

const isOpenQuote = (mistake: YamlMistake, character: string | undefined): boolean =>
  mistake.kind === 'MISSING_CHAR' && (character === '"' || character === "'");

/** Line ends other than `\n`, and the byte order mark. */
const oddCharacter = /[\r\x85\uFEFF]/;
const forbiddenCharacter = /[^\t\n\r\x20-\x7e\x85\xa0-\ufffd]/;

/** Where Python's `str.rstrip` cuts. */
function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** Offset in the text as written, of an offset after byte order mark and carriage returns were taken out. */
function originalOffset(text: string, offset: number): number {
  if (!oddCharacter.test(text)) return offset;
  let left = offset;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (left > 0 && at < text.length) {
    at += text.startsWith('\r\n', at) ? 2 : 1;
    left -= 1;
  }
  return at;
}
