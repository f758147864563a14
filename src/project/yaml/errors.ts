import { type Diagnostic, error, type Family, warning } from '../../core/diagnostic.ts';
import { positionAt, type Span } from '../../core/span.ts';

/** What the reader found, by its kind or its sentence, in our words; the first that fits. */
const mistakes: readonly {
  readonly test: RegExp;
  readonly message: string | null;
  readonly hint: string | null;
}[] = [
  {
    test: /^TAB_AS_INDENT/,
    message: 'a tab stands where the indentation should be',
    hint: 'indent with spaces; YAML takes no tabs',
  },
  {
    test: /^(?:BAD_INDENT|MISSING_CHAR): .*(?:flow (?:map|sequence)|all be indented).* end with a (?:[\]}])/i,
    message: 'a bracket is not closed before here',
    hint: 'look above for the [ or { that has no partner',
  },
  {
    test: /^(?:BAD_INDENT|.*without - indicator|.*All (?:mapping|sequence) items)/i,
    message: 'this line is not indented like its neighbours',
    hint: 'give the keys of one mapping, and the items of one list, the same indentation',
  },
  {
    test: /^OPEN_QUOTE|^MISSING_CHAR: .*quote/,
    message: 'this quote is not closed',
    hint: "close it; inside of double quotes a double quote is written \\\", inside of single quotes ''",
  },
  {
    test: /^MULTILINE_IMPLICIT_KEY|^MISSING_CHAR: .*implicit map key/i,
    message: 'a key has to stand on one line, with its colon',
    hint: "write 'key: value'; text over several lines needs a block (`|` or `>`)",
  },
  {
    test: /^BLOCK_AS_IMPLICIT_KEY/,
    message: "a second ': ' on the line would make a mapping inside of a value",
    hint: "put the value in quotes, or write text with ': ' in it as a block (`|`)",
  },
  {
    test: /^BAD_SCALAR_START/,
    message: 'a value cannot begin with this character',
    hint: 'put the value in quotes if it is text',
  },
  { test: /^(?:BAD_SCALAR|UNEXPECTED_TOKEN)/, message: null, hint: 'put the value in quotes if it is text' },
  {
    test: /^BAD_ALIAS/,
    message: null,
    hint: "define the anchor (`&name`) above its use, or quote a text that begins with '*'",
  },
  { test: /^BAD_DQ_ESCAPE/, message: null, hint: 'use single quotes, in which a backslash is itself' },
  {
    test: /^MULTIPLE_DOCS/,
    message: "a second document begins here ('---'), where one is expected",
    hint: null,
  },
];

/** Text that is no YAML, or YAML that PyYAML refuses. `kind` and `detail` are the complete reader's. */
export function yamlSyntax(span: Span, kind: string, detail: string, family: Family): Diagnostic {
  const known = mistakes.find(({ test }) => test.test(`${kind}: ${detail}`));
  return error({
    code: 'yaml-syntax',
    family,
    message: `not valid YAML: ${known?.message ?? plain(detail)}`,
    span: skipIndentation(span),
    hint: templateHint(span) ?? known?.hint ?? null,
  });
}

/** The package's own sentence, in the style of ours. */
const plain = (detail: string): string =>
  detail.length === 0
    ? 'this cannot be read'
    : (detail[0]!.toLowerCase() + detail.slice(1)).replace(/\.$/, '');

/** A mistake at the very beginning of a line is shown at its first character. */
function skipIndentation(span: Span): Span {
  const blanks = /^ +(?=[^ \n])/.exec(span.text.slice(span.start, span.start + 200))?.[0].length ?? 0;
  const start = span.start + blanks;
  return { ...span, start, end: Math.max(start + 1, span.end) };
}

/** `{{` and `{%` without quotes are the mistake that everybody makes once. */
function templateHint(span: Span): string | null {
  const template = /^(\s*(?:- +)*(?:[^'"{#]*?: +)?)(\{[{%].*[%}]\})/.exec(lineOf(span));
  if (template === null) return null;
  return `a template needs quotes around it: ${template[1]!.trimStart()}${quoted(template[2]!)}`;
}

const quoted = (text: string): string =>
  text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;

function lineOf(span: Span): string {
  const { line } = positionAt(span.text, span.start);
  return span.text.split('\n')[line - 1] ?? '';
}

/** Nesting or size (with aliases spelled out) beyond any real file: refused before it eats memory. */
export function yamlLimit(span: Span, kind: 'depth' | 'size', family: Family): Diagnostic {
  return error({
    code: 'yaml-limit',
    family,
    message:
      kind === 'depth'
        ? 'YAML nested deeper than 250 levels is refused'
        : 'YAML of more than 32 MiB, or of more than 5 million nodes with its aliases spelled out, is refused',
    span,
  });
}

/** A character that YAML does not allow in any place. */
export function yamlCharacter(span: Span, code: number, family: Family): Diagnostic {
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  return error({
    code: 'yaml-syntax',
    family,
    message: `not valid YAML: the control character U+${hex} is not allowed`,
    span,
    hint: `delete it, or write it as "\\u${hex}" in double quotes`,
  });
}

/** A key written twice in one mapping: as in dbt the last one counts. */
export function duplicateYamlKey(key: string, span: Span): Diagnostic {
  const { line, column } = positionAt(span.text, span.start);
  return warning({
    code: 'yaml-duplicate-key',
    family: 'Parsing Error',
    message: `the key '${key}' is written twice; the last one counts`,
    span,
    hint: 'delete one of them',
    event: 'DuplicateYAMLKeysDeprecation',
    data: {
      duplicate_description: `Duplicate key '${key}' in "<unicode string>", line ${line}, column ${column}`,
      file: span.file,
    },
  });
}
