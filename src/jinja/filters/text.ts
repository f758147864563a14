import { escapeText } from '../arithmetic.ts';
import { lengthOfText, sliceText } from '../code-points.ts';
import { mappingEntries } from '../mapping.ts';
import { center } from '../methods/str.ts';
import { intArgument, optionalText, textArgument } from '../methods/text-arguments.ts';
import { capitalize } from '../methods/text-case.ts';
import { replaceText } from '../methods/text-split.ts';
import { truth } from '../operations.ts';
import { percentFormat } from '../percent-format.ts';
import { raise } from '../py-error.ts';
import { reprText, str } from '../text.ts';
import { isText, Markup, type PyDict, textOf, tupleOf, Undefined, type Value } from '../values.ts';
import { splitLines, strip } from '../whitespace.ts';
import { type Filter, filter } from './filter.ts';
import { prettyPrint } from './pretty-print.ts';
import { wrapLine } from './wrap.ts';

/** Upper case after white space, hyphens and opening brackets, which is not what `str.title` does. */
function title(text: string): string {
  return text.replace(/(^|[-\s({[<])([^-\s({[<]+)/gu, (_, lead: string, word: string) => {
    const [first = ''] = word;
    return lead + first.toUpperCase() + word.slice(first.length).toLowerCase();
  });
}

function indent(text: string, width: Value, first: boolean, blank: boolean): string {
  const lead = isText(width) ? textOf(width) : ' '.repeat(Math.max(0, intArgument(width)));
  const lines = splitLines(`${text}\n`);
  const [head = '', ...rest] = lines;
  const indented = rest.map((line) => (line === '' && !blank ? '' : lead + line));
  return (first ? lead : '') + [head, ...indented].join('\n');
}

function truncateText(text: string, length: number, killWords: boolean, end: string, leeway: number): string {
  const room = length - lengthOfText(end);
  if (room < 0) raise('AssertionError', `expected length >= ${lengthOfText(end)}, got ${length}`);
  if (leeway < 0) raise('AssertionError', `expected leeway >= 0, got ${leeway}`);
  if (lengthOfText(text) <= length + leeway) return text;
  const cut = sliceText(text, 0, room);
  const space = cut.lastIndexOf(' ');
  return (killWords || space < 0 ? cut : cut.slice(0, space)) + end;
}

function format(value: Value, args: Value, named: Value): string {
  const list = args as Value[];
  const mapping = named as PyDict;
  if (list.length > 0 && mapping.size > 0) {
    raise('FilterArgumentError', "can't handle positional and keyword arguments at the same time");
  }
  return percentFormat(str(value), mapping.size > 0 ? mapping : tupleOf(list));
}

function xmlAttributes(value: Value, spaced: boolean): string {
  const entries = mappingEntries(value) ?? raise('TypeError', 'xmlattr needs a mapping');
  const attributes = entries
    .filter(([, item]) => item !== null && !(item instanceof Undefined))
    .map(([key, item]) => {
      const name = textArgument(key, 'attribute name');
      if (/[ \t\n\r\f\v/>=]/.test(name))
        raise('ValueError', `Invalid character in attribute name: ${reprText(name)}`);
      return `${escapeText(key)}="${escapeText(item)}"`;
    });
  return (spaced && attributes.length > 0 ? ' ' : '') + attributes.join(' ');
}

export const textFilters: readonly (readonly [string, Filter])[] = [
  filter('upper', [], (_, value) => str(value).toUpperCase()),
  filter('lower', [], (_, value) => str(value).toLowerCase()),
  filter('capitalize', [], (_, value) => capitalize(str(value))),
  filter('title', [], (_, value) => title(str(value))),
  filter('trim', [['chars', null]], (_, value, characters) =>
    strip(str(value), optionalText(characters, 'strip arg')),
  ),
  filter('replace', ['old', 'new', ['count', null]], (_, value, old, replacement, count) =>
    replaceText(str(value), str(old!), str(replacement!), count === null ? -1 : intArgument(count!)),
  ),
  filter('center', [['width', 80]], (_, value, width) => center(str(value), intArgument(width!), ' ')),
  filter(
    'indent',
    [
      ['width', 4],
      ['first', false],
      ['blank', false],
    ],
    (_, value, width, first, blank) => indent(str(value), width!, truth(first!), truth(blank!)),
  ),
  filter(
    'truncate',
    [
      ['length', 255],
      ['killwords', false],
      ['end', '...'],
      ['leeway', null],
    ],
    (_, value, length, killWords, end, leeway) =>
      truncateText(str(value), intArgument(length!), truth(killWords!), str(end!), intArgument(leeway ?? 5)),
  ),
  filter(
    'wordwrap',
    [
      ['width', 79],
      ['break_long_words', true],
      ['wrapstring', null],
      ['break_on_hyphens', true],
    ],
    (_, value, width, breakLongWords, newline, breakOnHyphens) => {
      const options = {
        width: intArgument(width!),
        breakLongWords: truth(breakLongWords!),
        breakOnHyphens: truth(breakOnHyphens!),
      };
      const separator = optionalText(newline, 'wrapstring') ?? '\n';
      return splitLines(str(value))
        .map((line) => wrapLine(line, options).join(separator))
        .join(separator);
    },
  ),
  filter('wordcount', [], (_, value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  filter('string', [], (_, value) => (value instanceof Markup ? value : str(value))),
  filter('format', ['*args', '**kwargs'], (_, value, args, named) => format(value, args!, named!)),
  filter('pprint', [], (_, value) => prettyPrint(value)),
  filter('xmlattr', [['autospace', true]], (_, value, spaced) => xmlAttributes(value, truth(spaced!))),
];
