import { charactersOf, hasSurrogates } from '../../../jinja/code-points.ts';
import { HASH, type HashKey } from '../../../jinja/hash-key.ts';
import { HOST, type HostType, Pending } from '../../../jinja/host.ts';
import { raise } from '../../../jinja/py-error.ts';
import { reprText, str } from '../../../jinja/text.ts';
import {
  Callable,
  isText,
  PyDict,
  textOf,
  tuple,
  tupleOf,
  typeName,
  type Value,
} from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import { intOf } from '../numbers.ts';
import { Engine, type Mode } from './engine.ts';
import { flagBits } from './flags.ts';
import { Match } from './match.ts';
import { expandTemplate } from './template.ts';
import { type Translation, translate } from './translate.ts';

/** Python's compiled Pattern. */
export class Pattern {
  readonly source: string;
  readonly #translation: Translation;
  readonly #engine: Engine;

  constructor(source: string, flags: number) {
    this.source = source;
    this.#translation = translate(source, flags);
    this.#engine = new Engine(this.#translation);
  }

  get flags(): number {
    const { flags } = this.#translation;
    return (flags & flagBits.ascii) === 0 ? flags | flagBits.unicode : flags;
  }

  get groupCount(): number {
    return this.#translation.groupCount;
  }

  get groupNames(): ReadonlyMap<string, number> {
    return this.#translation.groupNames;
  }

  exec(text: string, from: number, mode: Mode): Match | null {
    const spans = this.#engine.exec(text, from, mode);
    return spans === null ? null : new Match(this, text, spans);
  }

  /** All matches from left to right; an empty one may follow directly on another. */
  *matches(text: string): Generator<Match> {
    let from = 0;
    while (from <= text.length) {
      const match = this.exec(text, from, 'search');
      if (match === null) return;
      yield match;
      from = match.end > match.start ? match.end : match.end + (isPair(text, match.end) ? 2 : 1);
    }
  }

  get [HOST](): HostType<Pattern> {
    return patternType;
  }

  [HASH](): HashKey {
    return this;
  }
}

function isPair(text: string, offset: number): boolean {
  return (text.codePointAt(offset) ?? 0) > 0xffff;
}

/** Text that is searched. */
export function textArgument(value: Value): string {
  if (isText(value)) return textOf(value);
  return raise('TypeError', `expected string or bytes-like object, got '${typeName(value)}'`);
}

/** What `findall` gives for a match: its one group, a tuple of its groups, or all of it. */
export function found(match: Match): Value {
  const { groupCount } = match.pattern;
  if (groupCount === 0) return match.group(0)!;
  if (groupCount === 1) return match.group(1) ?? '';
  return tupleOf(Array.from({ length: groupCount }, (_, index) => match.group(index + 1) ?? ''));
}

/** Pieces between matches, with the groups of each separator; a limit of 0 is none. */
export function split(pattern: Pattern, text: string, limit: number): Value[] {
  const out: Value[] = [];
  let last = 0;
  let done = 0;
  for (const match of pattern.matches(text)) {
    if (limit > 0 && done >= limit) break;
    out.push(text.slice(last, match.start));
    for (let group = 1; group <= pattern.groupCount; group += 1) out.push(match.group(group));
    last = match.end;
    done += 1;
  }
  out.push(text.slice(last));
  return out;
}

/** The text with matches replaced, and how many were; a limit of 0 is none. */
export function substitute(
  pattern: Pattern,
  replacement: Value,
  text: string,
  limit: number,
): { text: string; count: number } {
  const replace = replacer(replacement);
  let out = '';
  let last = 0;
  let count = 0;
  for (const match of pattern.matches(text)) {
    if (limit > 0 && count >= limit) break;
    out += text.slice(last, match.start) + replace(match);
    last = match.end;
    count += 1;
  }
  return { text: out + text.slice(last), count };
}

function replacer(replacement: Value): (match: Match) => string {
  if (isText(replacement)) return (match) => expandTemplate(textOf(replacement), match);
  if (!(replacement instanceof Callable)) {
    raise('TypeError', `decoding to str: need a bytes-like object, ${typeName(replacement)} found`);
  }
  return (match) => {
    const result = replacement.call([match], null);
    if (result instanceof Pending) raise('TypeError', 'a replacement may not ask the warehouse');
    return str(result);
  };
}

/** The offset of a code-point position, within the text. */
function offsetOf(text: string, position: Value): number {
  const given = Math.max(0, intOf(position));
  if (!hasSurrogates(text)) return Math.min(given, text.length);
  return charactersOf(text).slice(0, given).join('').length;
}

function finding(mode: Mode) {
  return method<Pattern>(['string', ['pos', 0]], (self, value, position) => {
    const text = textArgument(value!);
    return self.exec(text, offsetOf(text, position!), mode);
  });
}

const patternType: HostType<Pattern> = {
  typeName: 're.Pattern',
  ...membersOf<Pattern>(
    {
      pattern: (self) => self.source,
      flags: (self) => self.flags,
      groups: (self) => self.groupCount,
      groupindex: (self) => PyDict.fromEntries(self.groupNames),
    },
    {
      search: finding('search'),
      match: finding('match'),
      fullmatch: finding('full'),
      findall: method(['string'], (self, text) => Array.from(self.matches(textArgument(text!)), found)),
      finditer: method(['string'], (self, text) => Array.from(self.matches(textArgument(text!)))),
      split: method(['string', ['maxsplit', 0]], (self, text, limit) =>
        split(self, textArgument(text!), intOf(limit!)),
      ),
      sub: method(['repl', 'string', ['count', 0]], (self, replacement, text, limit) => {
        return substitute(self, replacement!, textArgument(text!), intOf(limit!)).text;
      }),
      subn: method(['repl', 'string', ['count', 0]], (self, replacement, text, limit) => {
        const result = substitute(self, replacement!, textArgument(text!), intOf(limit!));
        return tuple(result.text, result.count);
      }),
    },
  ),
  equals: (self, other) =>
    other instanceof Pattern && other.source === self.source && other.flags === self.flags,
  repr: (self) => `re.compile(${reprText(self.source)}${flagText(self.flags)})`,
};

const flagNames: readonly (readonly [number, string])[] = [
  [flagBits.ignoreCase, 're.IGNORECASE'],
  [flagBits.multiline, 're.MULTILINE'],
  [flagBits.dotAll, 're.DOTALL'],
  [flagBits.verbose, 're.VERBOSE'],
  [flagBits.ascii, 're.ASCII'],
];

function flagText(flags: number): string {
  const names = flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? '' : `, ${names.join('|')}`;
}
