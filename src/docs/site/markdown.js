/**
 * A small part of Markdown as a tree `{ tag, attributes, children }` with texts as leaves: paragraphs, headings, lists,
 * quotes, tables, fenced code, emphasis, code, links. HTML is text like any other, so nothing of it can come to life.
 */
export function markdown(source) {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  return blocks(lines);
}

function blocks(lines) {
  const out = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const [block, next] = blockAt(lines, at);
    out.push(block);
    at = next;
  }
  return out;
}

function blockAt(lines, start) {
  const line = lines[start];
  const fence = /^\s*(```+|~~~+)/.exec(line);
  if (fence) return fencedCode(lines, start, fence[1]);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return [element(`h${Math.min(6, heading[1].length + 2)}`, inline(heading[2])), start + 1];
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return [element('hr', []), start + 1];
  if (/^\s*>/.test(line)) {
    const end = endOf(lines, start, (text) => /^\s*>/.test(text));
    return [
      element('blockquote', blocks(lines.slice(start, end).map((text) => text.replace(/^\s*> ?/, '')))),
      end,
    ];
  }
  if (listMark(line)) return list(lines, start);
  if (line.includes('|') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[start + 1] ?? '')) {
    return table(lines, start);
  }
  const end = endOf(lines, start, (text, index) => index === start || !startsBlock(text));
  return [element('p', inline(lines.slice(start, end).join('\n').trim())), end];
}

const startsBlock = (text) =>
  text.trim() === '' || /^\s*(```|~~~|>|#{1,6}\s)/.test(text) || listMark(text) !== null;

const listMark = (text) => /^(\s*)([-*+]|\d{1,9}[.)])\s+/.exec(text);

function fencedCode(lines, start, mark) {
  let end = start + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  return [element('pre', [element('code', [lines.slice(start + 1, end).join('\n')])]), end + 1];
}

function list(lines, start) {
  const first = listMark(lines[start]);
  const ordered = /\d/.test(first[2]);
  const items = [];
  let at = start;
  while (at < lines.length) {
    const mark = listMark(lines[at]);
    if (mark === null || mark[1].length > first[1].length + 1 || /\d/.test(mark[2]) !== ordered) break;
    const width = mark[0].length;
    const end = endOf(lines, at, (text, index) => index === at || /^\s{2,}\S/.test(text));
    const body = [
      lines[at].slice(width),
      ...lines.slice(at + 1, end).map((text) => text.slice(indentOf(text, width))),
    ];
    const inner = blocks(body);
    items.push(element('li', inner.length === 1 && inner[0].tag === 'p' ? inner[0].children : inner));
    at = end;
  }
  return [element(ordered ? 'ol' : 'ul', items), Math.max(at, start + 1)];
}

const indentOf = (text, most) => Math.min(most, /^\s*/.exec(text)[0].length);

function table(lines, start) {
  const end = endOf(lines, start, (text) => text.includes('|'));
  const cells = (text) =>
    text
      .trim()
      .replace(/^\|/, '')
      .replace(/\|$/, '')
      .split('|')
      .map((cell) => cell.trim());
  const row = (tag) => (text) =>
    element(
      'tr',
      cells(text).map((cell) => element(tag, inline(cell))),
    );
  const body = lines.slice(start + 2, end).map(row('td'));
  return [element('table', [element('thead', [row('th')(lines[start])]), element('tbody', body)]), end];
}

function endOf(lines, start, belongs) {
  let end = start;
  while (end < lines.length && belongs(lines[end], end)) end += 1;
  return Math.max(end, start + 1);
}

const spans = [
  [/^`([^`]+)`/, (match) => element('code', [match[1]])],
  [/^\*\*(?=\S)([^*]+?)\*\*/, (match) => element('strong', inline(match[1]))],
  [/^__(?=\S)([^_]+?)__/, (match) => element('strong', inline(match[1]))],
  [/^\*(?=\S)([^*]+?)\*/, (match) => element('em', inline(match[1]))],
  [/^_(?=\S)([^_]+?)_(?![A-Za-z0-9])/, (match) => element('em', inline(match[1]))],
  [/^\[([^\]]+)\]\(([^()\s]+)(?:\s+"[^"]*")?\)/, (match) => link(match[2], inline(match[1]), match[0])],
  [/^<?(https?:\/\/[^\s<>)\]]*[^\s<>)\].,;:!?])>?/, (match) => link(match[1], [match[1]], match[0])],
];

function inline(text) {
  const out = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const before = at === 0 ? ' ' : text[at - 1];
    const span =
      /[`*_[<h]/.test(rest[0]) && !(/[_h]/.test(rest[0]) && /\w/.test(before)) ? spanAt(rest) : null;
    if (span === null) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== '') out.push(plain);
    plain = '';
    out.push(span[0]);
    at += span[1];
  }
  if (plain !== '') out.push(plain);
  return out;
}

function spanAt(text) {
  for (const [pattern, make] of spans) {
    const match = pattern.exec(text);
    if (match !== null) return [make(match), match[0].length];
  }
  return null;
}

/** Only addresses that open a page or a mail; anything else (`javascript:`, `data:`) stays the text it is. */
function link(address, children, written) {
  if (!/^(https?:\/\/|mailto:|#)/i.test(address)) return written;
  return element('a', children, { href: address, rel: 'noopener noreferrer' });
}

function element(tag, children, attributes = {}) {
  return { tag, attributes, children };
}
