import { charactersOf, hasSurrogates, lengthOfText, pointIndex } from '../code-points.ts';
import { raise } from '../py-error.ts';
import { isText, PyTuple, textOf, typeName, type Value } from '../values.ts';
import type { Declaration } from './method.ts';
import { boundsOf } from './ranges.ts';
import { textArgument } from './text-arguments.ts';

/** The part of a text that `start` and `end` (in code points) leave, and where it begins. */
interface Window {
  readonly text: string;
  readonly start: number;
}

/** null where `start` lies behind the end: nothing is found there, not even the empty text. */
function windowOf(text: string, start: Value | undefined, end: Value | undefined): Window | null {
  if (start === undefined) return { text, start: 0 };
  const length = lengthOfText(text);
  const [from, to] = boundsOf(length, start, end);
  if (from > to || (typeof start === 'number' && start > length)) return null;
  const part = hasSurrogates(text) ? charactersOf(text).slice(from, to).join('') : text.slice(from, to);
  return { text: part, start: from };
}

type Find = (text: string, wanted: string) => number;

const first: Find = (text, wanted) => text.indexOf(wanted);
const last: Find = (text, wanted) => text.lastIndexOf(wanted);

function find(text: string, args: readonly Value[], search: Find): number {
  const wanted = textArgument(args[0]);
  const window = windowOf(text, args[1], args[2]);
  if (window === null) return -1;
  const offset = pointIndex(window.text, search(window.text, wanted));
  return offset < 0 ? -1 : offset + window.start;
}

function index(text: string, args: readonly Value[], search: Find): number {
  const found = find(text, args, search);
  return found < 0 ? raise('ValueError', 'substring not found') : found;
}

function count(text: string, args: readonly Value[]): number {
  const wanted = textArgument(args[0]);
  const window = windowOf(text, args[1], args[2]);
  if (window === null) return 0;
  return wanted === '' ? lengthOfText(window.text) + 1 : window.text.split(wanted).length - 1;
}

function hasAffix(name: string, text: string, args: readonly Value[]): boolean {
  const window = windowOf(text, args[1], args[2]);
  const [affix] = args;
  const candidates = affix instanceof PyTuple ? [...affix] : [affix!];
  const texts = candidates.map((candidate) => {
    if (isText(candidate)) return textOf(candidate);
    const message =
      affix instanceof PyTuple
        ? `tuple for ${name} must only contain str, not ${typeName(candidate)}`
        : `${name} first arg must be str or a tuple of str, not ${typeName(candidate)}`;
    return raise('TypeError', message);
  });
  if (window === null) return false;
  const { text: part } = window;
  return texts.some((each) => (name === 'startswith' ? part.startsWith(each) : part.endsWith(each)));
}

/** Methods of text that look for another text; positions count code points. */
export const searchMethods: Readonly<Record<string, Declaration<string>>> = {
  find: [1, 3, (text, args) => find(text, args, first)],
  rfind: [1, 3, (text, args) => find(text, args, last)],
  index: [1, 3, (text, args) => index(text, args, first)],
  rindex: [1, 3, (text, args) => index(text, args, last)],
  count: [1, 3, count],
  startswith: [1, 3, (text, args) => hasAffix('startswith', text, args)],
  endswith: [1, 3, (text, args) => hasAffix('endswith', text, args)],
};
