import { raise } from '../../../jinja/py-error.ts';
import { flagBits, flagLetters } from './flags.ts';

/** A Python pattern in the syntax of the two engines. */
export interface Translation {
  /** For the linear-time engine; null where it has look-around or back references. */
  readonly linear: string | null;
  /** For JavaScript's RegExp; null where that engine lacks something. */
  readonly backtracking: string | null;
  /** With the inline flags of its start. */
  readonly flags: number;
  /** `$` outside multi-line mode, which also matches before a newline at the end; the linear form says `\z` for it. */
  readonly hasEndAnchor: boolean;
  /** `\Z`, which matches at the end only. */
  readonly hasTextEnd: boolean;
  /** `\b` or `\B`: beyond ASCII only the RegExp's translation knows what a word is. */
  readonly hasWordBoundary: boolean;
  /** A repeated group: such a pattern may take exponential time unless the linear engine runs it. */
  readonly hasRepeatedGroup: boolean;
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

/** What stands in a pattern, for both engines. */
interface Piece {
  readonly linear: string;
  readonly backtracking: string;
}

const word = '\\p{L}\\p{N}_';
const space = '\\t-\\r\\x1c-\\x20\\x85\\p{Z}';
const start = '(?<![\\s\\S])';
const end = '(?![\\s\\S])';
const boundary = `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`;

const piece = (linear: string, backtracking = linear): Piece => ({ linear, backtracking });

/** Reads a Python pattern once; a re.error names the position of a mistake. */
export function translate(pattern: string, flags: number): Translation {
  return new Translator(pattern, flags).run();
}

class Translator {
  readonly #source: string;
  #flags: number;
  #index = 0;
  #linear = '';
  #backtracking = '';
  #linearFits = true;
  #backtrackingFits = true;
  #hasEndAnchor = false;
  #hasTextEnd = false;
  #hasWordBoundary = false;
  #groupCount = 0;
  /** Where the groups that are not closed yet begin. */
  readonly #open: number[] = [];
  readonly #names = new Map<string, number>();

  constructor(pattern: string, flags: number) {
    this.#source = pattern;
    this.#flags = flags;
  }

  run(): Translation {
    this.#leadingFlags();
    while (this.#index < this.#source.length) this.#add(this.#next());
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) this.#fail('missing ), unterminated subpattern', unclosed);
    return {
      linear: this.#linearFits ? this.#linear : null,
      backtracking: this.#backtrackingFits ? this.#backtracking : null,
      flags: this.#flags,
      hasEndAnchor: this.#hasEndAnchor,
      hasTextEnd: this.#hasTextEnd,
      hasRepeatedGroup: /\)[*+{]/.test(this.#source),
      hasWordBoundary: this.#hasWordBoundary,
      groupCount: this.#groupCount,
      groupNames: this.#names,
    };
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  #leadingFlags(): void {
    const match = /^(?:\(\?([aiLmsux]+)\))+/.exec(this.#source);
    if (match === null) return;
    for (const letter of match[0].replace(/[()?]/g, '')) this.#flags |= flagLetters[letter]!;
    this.#index = match[0].length;
  }

  #add(next: Piece): void {
    this.#linear += next.linear;
    this.#backtracking += next.backtracking;
  }

  #next(): Piece {
    const character = this.#source[this.#index]!;
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#characterClass();
      case '(':
        return this.#group();
      case ')':
        if (this.#open.pop() === undefined) this.#fail('unbalanced parenthesis', this.#index);
        break;
      case '{':
        return this.#repetition();
      case '}':
      case ']':
        this.#index += 1;
        return piece(`\\${character}`);
      case '^':
        this.#index += 1;
        return this.#has(flagBits.multiline) ? piece('(?m:^)', '(?<![^\\n])') : piece('\\A', start);
      case '$':
        this.#index += 1;
        if (this.#has(flagBits.multiline)) return piece('(?m:$)', '(?![^\\n])');
        this.#hasEndAnchor = true;
        return piece('\\z', `(?=\\n?${end})`);
      case '.':
        this.#index += 1;
        return this.#has(flagBits.dotAll) ? piece('(?s:.)', '[\\s\\S]') : piece('.', '[^\\n]');
      default:
        if (this.#has(flagBits.verbose) && this.#skipVerbose(character)) return piece('');
    }
    const point = String.fromCodePoint(this.#source.codePointAt(this.#index)!);
    this.#index += point.length;
    return piece(point, point === '/' ? '\\/' : point);
  }

  /** In verbose mode white space and comments mean nothing. */
  #skipVerbose(character: string): boolean {
    if (/\s/.test(character)) {
      this.#index += 1;
      return true;
    }
    if (character !== '#') return false;
    const newline = this.#source.indexOf('\n', this.#index);
    this.#index = newline < 0 ? this.#source.length : newline + 1;
    return true;
  }

  /** `{2,3}`; Python's `{,3}` starts at zero, and braces that say nothing are characters. */
  #repetition(): Piece {
    const match = /^\{(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#index));
    if (match === null || (match[1] === '' && match[3] === '')) {
      this.#index += 1;
      return piece('\\{');
    }
    this.#index += match[0].length;
    return piece(`{${match[1] || '0'}${match[2]}${match[3]}}`);
  }

  #group(): Piece {
    const rest = this.#source.slice(this.#index);
    const opening =
      /^\((?:\?(?:P<(\w+)>|P=(\w+)\)|#[^)]*\)|[:=!]|<[=!]|([aiLmsux]*)(?:-([imsx]+))?:)|(?!\?))/.exec(rest);
    if (opening === null) return this.#fail('unknown extension', this.#index);
    const [text, name, reference, on, off] = opening;
    this.#index += text.length;
    if (text.startsWith('(?#')) return piece('');
    if (reference !== undefined) {
      if (!this.#names.has(reference)) this.#fail(`unknown group name '${reference}'`, this.#index);
      this.#linearFits = false;
      return piece('', `\\k<${reference}>`);
    }
    this.#open.push(this.#index - text.length);
    if (text === '(') {
      this.#groupCount += 1;
      return piece('(');
    }
    if (name !== undefined) {
      this.#groupCount += 1;
      if (this.#names.has(name)) this.#fail(`redefinition of group name '${name}'`, this.#index);
      this.#names.set(name, this.#groupCount);
      return piece(`(?P<${name}>`, `(?<${name}>`);
    }
    if (on !== undefined && on + (off ?? '') !== '') {
      this.#backtrackingFits = false;
      return piece(`(?${on.replace(/[aLux]/g, '')}${off === undefined ? '' : `-${off}`}:`);
    }
    if (text !== '(?:') this.#linearFits = false;
    return piece(text);
  }

  #escape(): Piece {
    const at = this.#index;
    const letter = this.#source[at + 1];
    if (letter === undefined) return this.#fail('bad escape (end of pattern)', at);
    const reference = /^\\([1-9]\d?)/.exec(this.#source.slice(at));
    if (reference !== null) {
      this.#index += reference[0].length;
      if (Number(reference[1]) > this.#groupCount)
        this.#fail(`invalid group reference ${reference[1]}`, at + 1);
      this.#linearFits = false;
      return piece('', `(?:\\${reference[1]})`);
    }
    if ('bBAZ'.includes(letter)) {
      this.#index += 2;
      if (letter === 'A') return piece('\\A', start);
      if (letter === 'Z') {
        this.#hasTextEnd = true;
        return piece('\\z', end);
      }
      this.#hasWordBoundary = true;
      if (this.#has(flagBits.ascii)) return piece(`\\${letter}`);
      const inside = `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`;
      return piece(`\\${letter}`, letter === 'b' ? boundary : inside);
    }
    return this.#characterEscape(false);
  }

  /** An escape that stands for characters; moves behind it. */
  #characterEscape(inClass: boolean): Piece {
    const at = this.#index;
    const rest = this.#source.slice(at);
    const coded =
      /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[1-7][0-7]{2}))/.exec(rest);
    if (coded !== null) {
      this.#index += coded[0].length;
      const code =
        coded[4] === undefined
          ? Number.parseInt((coded[1] ?? coded[2] ?? coded[3])!, 16)
          : Number.parseInt(coded[4], 8);
      return { linear: `\\x{${code.toString(16)}}`, backtracking: `\\u{${code.toString(16)}}` };
    }
    const letter = String.fromCodePoint(this.#source.codePointAt(at + 1)!);
    this.#index += 1 + letter.length;
    const control = { a: '\\x07', b: '\\x08', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' }[letter];
    if (control !== undefined) return { linear: control, backtracking: control };
    if ('dDwWsS'.includes(letter)) return piece(this.#shorthand(letter, inClass));
    if (/[A-Za-z0-9]/.test(letter)) return this.#fail(`bad escape \\${letter}`, at);
    if (!/[!-~]/.test(letter)) return piece(letter);
    const special = '^$\\.*+?()[]{}|/'.includes(letter) || (inClass && letter === '-');
    return { linear: `\\${letter}`, backtracking: special ? `\\${letter}` : letter };
  }

  #shorthand(letter: string, inClass: boolean): string {
    if (this.#has(flagBits.ascii)) return `\\${letter}`;
    const negated = letter === letter.toUpperCase();
    const lower = letter.toLowerCase();
    if (lower === 'd') return negated ? '\\P{Nd}' : '\\p{Nd}';
    if (inClass) return negated ? `\\${letter}` : lower === 'w' ? word : space;
    return `[${negated ? '^' : ''}${lower === 'w' ? word : space}]`;
  }

  #characterClass(): Piece {
    const at = this.#index;
    const negated = this.#source[at + 1] === '^';
    this.#index += negated ? 2 : 1;
    const pieces = [piece(negated ? '[^' : '[')];
    for (;;) {
      const character = this.#source[this.#index];
      if (character === undefined) return this.#fail('unterminated character set', at);
      if (character === ']' && pieces.length > 1) break;
      pieces.push(character === '\\' ? this.#characterEscape(true) : this.#classCharacter());
    }
    this.#index += 1;
    pieces.push(piece(']'));
    const joined = (engine: keyof Piece): string => pieces.map((each) => each[engine]).join('');
    return piece(joined('linear'), joined('backtracking'));
  }

  #classCharacter(): Piece {
    const point = String.fromCodePoint(this.#source.codePointAt(this.#index)!);
    this.#index += point.length;
    return piece('[]^'.includes(point) ? `\\${point}` : point);
  }

  #fail(message: string, position: number): never {
    return raise('re.error', `${message} at position ${position}`);
  }
}
