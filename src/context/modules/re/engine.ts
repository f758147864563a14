import { createRequire } from 'node:module';
import type { Matcher, RE2JS } from 're2js';
import { raise } from '../../../jinja/py-error.ts';
import { flagBits } from './flags.ts';
import type { Translation } from './translate.ts';

/** Start and end of every group in UTF-16 offsets, group 0 first; null for a group that took no part. */
export type Spans = readonly (readonly [start: number, end: number] | null)[];

/** `search` finds anywhere from the start position, `match` at it, `full` at it up to the end of the text. */
export type Mode = 'search' | 'match' | 'full';

/** Look-around and back references can take exponential time; longer texts are refused for them. */
const longestBacktracking = 65_536;

/** Runs one pattern: in linear time wherever its syntax allows that. */
export class Engine {
  readonly #translation: Translation;
  #linearRefused = false;
  #linear: RE2JS | null = null;
  #linearFull: RE2JS | null = null;
  #backtracking: RegExp | null = null;
  #backtrackingFull: RegExp | null = null;

  constructor(translation: Translation) {
    this.#translation = translation;
    this.#compile();
  }

  /** The leftmost match from an offset on; null where there is none. */
  exec(text: string, from: number, mode: Mode): Spans | null {
    return this.#usesLinear(text)
      ? this.#execLinear(text, from, mode)
      : this.#execBacktracking(text, from, mode);
  }

  /** Mistakes in a pattern are told when it is compiled. What only the linear engine refuses (`a{2000}`) runs without it. */
  #compile(): void {
    const { linear, backtracking } = this.#translation;
    if (linear !== null) {
      try {
        this.#linearFor('search');
        return;
      } catch (failure) {
        if (backtracking === null) throw failure;
        this.#linearRefused = true;
      }
    }
    this.#backtrackingFor('search');
  }

  #usesLinear(text: string): boolean {
    const { linear, backtracking, hasWordBoundary, hasRepeatedGroup } = this.#translation;
    if (linear === null || this.#linearRefused) return false;
    if (!hasWordBoundary || hasRepeatedGroup || backtracking === null) return true;
    return text.length > longestBacktracking || !/\P{ASCII}/u.test(text);
  }

  /**
   * `$` may also stand before a newline at the end, which is what `\z` finds in the text without it. Where both
   * match at the same place, the one that takes the newline wins, as with greedy repetitions.
   */
  #execLinear(text: string, from: number, mode: Mode): Spans | null {
    const { hasEndAnchor, hasTextEnd } = this.#translation;
    const whole = this.#find(text, from, mode);
    const twice = hasEndAnchor && !hasTextEnd && mode !== 'full' && text.endsWith('\n') && from < text.length;
    if (!twice) return whole;
    const shorter = this.#find(text.slice(0, -1), from, mode);
    if (whole === null || shorter === null) return whole ?? shorter;
    return shorter[0]![0] < whole[0]![0] ? shorter : whole;
  }

  #find(text: string, from: number, mode: Mode): Spans | null {
    const matcher = this.#linearFor(mode).matcher(text);
    if (!matcher.find(from) || (mode !== 'search' && matcher.start() !== from)) return null;
    return spansOf(matcher, this.#translation.groupCount);
  }

  #execBacktracking(text: string, from: number, mode: Mode): Spans | null {
    if (text.length > longestBacktracking) {
      raise(
        're.error',
        `a pattern with look-around or back references is not run on more than ${longestBacktracking} characters`,
      );
    }
    const pattern = this.#backtrackingFor(mode);
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (match === null || (mode !== 'search' && match.index !== from)) return null;
    return match.indices!.map((span) => span ?? null);
  }

  #linearFor(mode: Mode): RE2JS {
    const { linear, flags } = this.#translation;
    const ignoreCase = (flags & flagBits.ignoreCase) !== 0;
    if (mode === 'full') {
      this.#linearFull ??= compileLinear(`(?:${linear})\\z`, ignoreCase);
      return this.#linearFull;
    }
    this.#linear ??= compileLinear(linear!, ignoreCase);
    return this.#linear;
  }

  #backtrackingFor(mode: Mode): RegExp {
    const { backtracking, flags } = this.#translation;
    if (backtracking === null) {
      raise(
        're.error',
        'look-around and back references cannot be combined with flags of a part of the pattern',
      );
    }
    const letters = `dgu${(flags & flagBits.ignoreCase) === 0 ? '' : 'i'}`;
    const compile = (source: string): RegExp => {
      try {
        return new RegExp(source, letters);
      } catch (failure) {
        // V8 puts the reason behind the pattern: `Invalid regular expression: /*a/: Nothing to repeat`.
        return raise('re.error', (failure as Error).message.split(': ').at(-1)!.toLowerCase());
      }
    };
    if (mode === 'full') {
      this.#backtrackingFull ??= compile(`(?:${backtracking})(?![\\s\\S])`);
      return this.#backtrackingFull;
    }
    this.#backtracking ??= compile(backtracking);
    return this.#backtracking;
  }
}

function spansOf(matcher: Matcher, groupCount: number): Spans {
  return Array.from({ length: groupCount + 1 }, (_, group) => {
    const start = matcher.start(group);
    return start < 0 ? null : ([start, matcher.end(group)] as const);
  });
}

let library: typeof import('re2js') | null = null;

/** The engine is loaded with the first pattern: most projects have none. */
function compileLinear(source: string, ignoreCase: boolean): RE2JS {
  library ??= createRequire(import.meta.url)('re2js') as typeof import('re2js');
  try {
    return library.RE2JS.compile(source, ignoreCase ? library.RE2JS.CASE_INSENSITIVE : 0);
  } catch (failure) {
    return raise('re.error', String((failure as Error).message));
  }
}
