import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  giveUp,
  hash,
  isBlankAt,
  newline,
  nextLine,
  openBrace,
  openBracket,
  type Scan,
  space,
  tab,
  YamlMistake,
} from './scan.ts';

/**
 * The text of a plain scalar on this line in block style, without blanks at its end. Stops at `: `, ` #` or the end
 * of the line; `pos` is there afterwards.
 */
export function plainOnLine(s: Scan): string {
  const { text } = s;
  const start = s.pos;
  let end = start;
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === space || code === tab) continue;
    if (code === newline) break;
    if (code === colon && isBlankAt(text, at + 1)) break;
    if (code === hash && at > start && isBlankAt(text, at - 1)) break;
    end = at + 1;
  }
  s.pos = at;
  return text.slice(start, end);
}

/**
 * Goes on with a plain scalar in block style of which the first line is read, and then to the next token. Lines
 * deeper than `indent` belong to it, until a comment.
 */
export function restOfPlain(s: Scan, firstLine: string, indent: number): string {
  let value = firstLine;
  nextLine(s);
  while (s.column > indent) {
    if (s.comment) giveUp();
    const join = s.newlines === 1 ? ' ' : '\n'.repeat(s.newlines - 1);
    value += join + plainOnLine(s);
    if (s.text.charCodeAt(s.pos) === colon) giveUp();
    nextLine(s);
  }
  return value;
}

/** A plain scalar in flow style, over line ends where it goes on there; `pos` is behind it. */
export function plainInFlow(s: Scan): string {
  const { text } = s;
  let value = flowLine(s);
  s.multiline = false;
  for (;;) {
    const behind = s.pos;
    let breaks = 0;
    let at = s.pos;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === newline) breaks += 1;
      else if (code === tab && breaks > 0) giveUp();
      else if (code !== space && code !== tab) break;
    }
    if (breaks === 0 || at >= text.length || text.charCodeAt(at) === hash) return value;
    s.pos = at;
    const more = flowLine(s);
    if (more === '') {
      s.pos = behind;
      return value;
    }
    s.multiline = true;
    value += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + more;
  }
}

function flowLine(s: Scan): string {
  const { text } = s;
  const start = s.pos;
  let end = start;
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === space || code === tab) continue;
    if (code === newline || isFlowIndicator(code)) break;
    if (code === colon) {
      if (isBlankAt(text, at + 1)) break;
      const following = text.charCodeAt(at + 1);
      // The `yaml` package, of YAML 1.2, would take it for a key.
      if (isFlowIndicator(following) || following === questionMark) {
        throw new YamlMistake('COLON_IN_FLOW', "a ':' needs a space behind it here", at, at + 1);
      }
    }
    if (code === hash && at > start && isBlankAt(text, at - 1)) break;
    end = at + 1;
  }
  s.pos = at;
  return text.slice(start, end);
}

const questionMark = 63;

function isFlowIndicator(code: number): boolean {
  return (
    code === comma ||
    code === openBracket ||
    code === closeBracket ||
    code === openBrace ||
    code === closeBrace
  );
}
