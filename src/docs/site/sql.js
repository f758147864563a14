const keywords = new Set(
  `all and any as asc between by case cast create cross current delete desc distinct drop else end except exists false
  filter following for from full group having if in incremental inner insert intersect into is join lateral left like
  limit merge natural not null nulls offset on or order outer over partition preceding primary qualify range recursive
  replace right row rows select set table then true unbounded union unique unnest update using values view when where
  window with`.split(/\s+/),
);

const token =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\{#[\s\S]*?(?:#\}|$))|('(?:[^']|'')*'?)|(\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$))|("(?:[^"])*"?)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)/g;

/** Text of SQL or of a template as pieces `[kind, text]`; kinds are comment, string, template, number, word or ''. */
export function sqlPieces(text) {
  const pieces = [];
  let last = 0;
  for (const match of text.matchAll(token)) {
    const kind = kindOf(match);
    if (kind === '') continue;
    if (match.index > last) pieces.push(['', text.slice(last, match.index)]);
    pieces.push([kind, match[0]]);
    last = match.index + match[0].length;
  }
  if (last < text.length) pieces.push(['', text.slice(last)]);
  return pieces;
}

function kindOf(match) {
  if (match[1] !== undefined) return 'comment';
  if (match[2] !== undefined) return 'string';
  if (match[3] !== undefined) return 'template';
  if (match[5] !== undefined) return 'number';
  return match[6] !== undefined && keywords.has(match[6].toLowerCase()) ? 'keyword' : '';
}
