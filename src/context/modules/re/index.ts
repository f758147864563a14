import { raise } from '../../../jinja/py-error.ts';
import { str } from '../../../jinja/text.ts';
import { hostFunction, isText, textOf, tuple, type Value } from '../../../jinja/values.ts';
import { ClassObject } from '../class-object.ts';
import { intOf } from '../numbers.ts';
import type { Mode } from './engine.ts';
import { flagBits } from './flags.ts';
import { found, Pattern, split, substitute, textArgument } from './pattern.ts';

const mostCached = 512;

/** Compiled patterns by flags and text; emptied when it is full, as Python's. */
class PatternCache {
  readonly #patterns = new Map<string, Pattern>();

  get(pattern: Value, flags: Value): Pattern {
    const bits = intOf(flags);
    if (pattern instanceof Pattern) {
      if (bits !== 0) raise('ValueError', 'cannot process flags argument with a compiled pattern');
      return pattern;
    }
    if (!isText(pattern)) raise('TypeError', 'first argument must be string or compiled pattern');
    const source = textOf(pattern);
    const key = `${bits} ${source}`;
    let compiled = this.#patterns.get(key);
    if (compiled === undefined) {
      compiled = new Pattern(source, bits);
      if (this.#patterns.size >= mostCached) this.#patterns.clear();
      this.#patterns.set(key, compiled);
    }
    return compiled;
  }
}

const noInstances = (name: string): ClassObject =>
  new ClassObject(
    `re.${name}`,
    hostFunction(name, ['*args'], () => raise('TypeError', `cannot create 're.${name}' instances`)),
  );

/** The names of `modules.re`. */
export function reModule(): Readonly<Record<string, Value>> {
  const cache = new PatternCache();
  const finding = (name: string, mode: Mode): Value =>
    hostFunction(name, ['pattern', 'string', ['flags', 0]], (pattern, text, flags) => {
      return cache.get(pattern!, flags!).exec(textArgument(text!), 0, mode);
    });
  return {
    compile: hostFunction('compile', ['pattern', ['flags', 0]], (pattern, flags) =>
      cache.get(pattern!, flags!),
    ),
    search: finding('search', 'search'),
    match: finding('match', 'match'),
    fullmatch: finding('fullmatch', 'full'),
    findall: hostFunction('findall', ['pattern', 'string', ['flags', 0]], (pattern, text, flags) => {
      return Array.from(cache.get(pattern!, flags!).matches(textArgument(text!)), found);
    }),
    finditer: hostFunction('finditer', ['pattern', 'string', ['flags', 0]], (pattern, text, flags) => {
      return Array.from(cache.get(pattern!, flags!).matches(textArgument(text!)));
    }),
    split: hostFunction(
      'split',
      ['pattern', 'string', ['maxsplit', 0], ['flags', 0]],
      (pattern, text, limit, flags) => {
        return split(cache.get(pattern!, flags!), textArgument(text!), intOf(limit!));
      },
    ),
    sub: hostFunction('sub', ['pattern', 'repl', 'string', ['count', 0], ['flags', 0]], (...values) => {
      return substituted(cache, values).text;
    }),
    subn: hostFunction('subn', ['pattern', 'repl', 'string', ['count', 0], ['flags', 0]], (...values) => {
      const result = substituted(cache, values);
      return tuple(result.text, result.count);
    }),
    escape: hostFunction('escape', ['pattern'], (text) => escapePattern(str(text!))),
    purge: hostFunction('purge', [], () => null),
    Pattern: noInstances('Pattern'),
    Match: noInstances('Match'),
    ...flagConstants(),
  };
}

function substituted(cache: PatternCache, values: readonly Value[]): { text: string; count: number } {
  const [pattern, replacement, text, limit, flags] = values;
  return substitute(cache.get(pattern!, flags!), replacement!, textArgument(text!), intOf(limit!));
}

function escapePattern(text: string): string {
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
}

function flagConstants(): Record<string, Value> {
  const out: Record<string, Value> = { NOFLAG: 0 };
  const names: readonly (readonly [number, string, string])[] = [
    [flagBits.ignoreCase, 'I', 'IGNORECASE'],
    [flagBits.locale, 'L', 'LOCALE'],
    [flagBits.multiline, 'M', 'MULTILINE'],
    [flagBits.dotAll, 'S', 'DOTALL'],
    [flagBits.unicode, 'U', 'UNICODE'],
    [flagBits.verbose, 'X', 'VERBOSE'],
    [flagBits.ascii, 'A', 'ASCII'],
  ];
  for (const [bit, short, long] of names) {
    out[short] = bit;
    out[long] = bit;
  }
  return out;
}
