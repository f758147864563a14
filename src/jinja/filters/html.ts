import { escapeText } from '../arithmetic.ts';
import { mappingEntries } from '../mapping.ts';
import { isNumber } from '../numbers.ts';
import { iterableItems, iterate, truth, unpack } from '../operations.ts';
import { raise } from '../py-error.ts';
import { reprText, str } from '../text.ts';
import { isText, Markup, textOf, type Value } from '../values.ts';
import { words } from '../whitespace.ts';
import { type Filter, filter } from './filter.ts';
import { linkWord } from './urlize.ts';

/** Removes comments and tags, collapses white space and resolves entities. */
function stripTags(value: Value): string {
  const text = value instanceof Markup ? value.text : str(value);
  let out = '';
  let position = 0;
  for (;;) {
    const start = text.indexOf('<', position);
    if (start < 0) break;
    const comment = text.startsWith('<!--', start);
    const end = comment ? text.indexOf('-->', start + 4) : text.indexOf('>', start);
    if (end < 0) break;
    out += text.slice(position, start);
    position = end + (comment ? 3 : 1);
  }
  return unescapeEntities(words(out + text.slice(position)).join(' '));
}

/** The entities that escaping makes, the commonest others, and numeric ones. */
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '\u00a9',
  reg: '\u00ae',
  raquo: '\u00bb',
  laquo: '\u00ab',
  mdash: '\u2014',
  ndash: '\u2013',
  hellip: '\u2026',
  euro: '\u20ac',
};

function unescapeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-zA-Z]+));/g,
    (whole, decimal, hexadecimal, name) => {
      if (name !== undefined) return Object.hasOwn(entities, name) ? entities[name]! : whole;
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}

function quoteUrl(value: Value, inQuery: boolean): string {
  const quoted = encodeURIComponent(str(value)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return inQuery ? quoted.replaceAll('%20', '+') : quoted.replaceAll('%2F', '/');
}

function urlEncode(value: Value): string {
  if (isText(value) || isNumber(value) || iterableItems(value) === null) return quoteUrl(value, false);
  const pairs = mappingEntries(value) ?? iterate(value).map((pair) => unpack(pair, 2));
  return pairs.map(([key, item]) => `${quoteUrl(key!, true)}=${quoteUrl(item!, true)}`).join('&');
}

/** The scheme of a link may be anything that looks like one. */
function checkedScheme(scheme: Value): string {
  const text = isText(scheme) ? textOf(scheme) : str(scheme);
  if (/^[\w.+-]{2,}:(\/){0,2}$/.test(text)) return text;
  return raise('FilterArgumentError', `${reprText(text)} is not a valid URI scheme prefix.`);
}

function linkRelations(rel: Value, noFollow: boolean): string {
  const given = rel === null ? [] : words(str(rel));
  return [...new Set([...given, ...(noFollow ? ['nofollow'] : []), 'noopener'])].sort().join(' ');
}

export const htmlFilters: readonly (readonly [string, Filter])[] = [
  filter('escape', [], (_, value) => new Markup(escapeText(value))),
  filter('e', [], (_, value) => new Markup(escapeText(value))),
  filter('forceescape', [], (_, value) => new Markup(escapeText(str(value)))),
  filter('safe', [], (_, value) => new Markup(str(value))),
  filter('striptags', [], (_, value) => stripTags(value)),
  filter('urlencode', [], (_, value) => urlEncode(value)),
  filter(
    'urlize',
    [
      ['trim_url_limit', null],
      ['nofollow', false],
      ['target', null],
      ['rel', null],
      ['extra_schemes', null],
    ],
    (_, value, limit, noFollow, target, rel, schemes) => {
      const options = {
        limit: limit === null ? null : Number(limit),
        rel: linkRelations(rel!, truth(noFollow!)),
        target: target === null ? null : str(target!),
        schemes: schemes === null ? [] : iterate(schemes!).map(checkedScheme),
      };
      return escapeText(value)
        .split(/(\s+)/)
        .map((word) => linkWord(word, options))
        .join('');
    },
  ),
];
