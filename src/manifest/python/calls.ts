import { behindGroup, isOperator, opensGroup, splitAt } from './groups.ts';
import { type PyLine, type PyToken, pythonLines } from './tokens.ts';

export type DbtFunction = 'ref' | 'source' | 'config' | 'get' | 'meta_get';

/** A call of `dbt.ref` and its like, its arguments still tokens. */
export interface DbtCall {
  readonly function: DbtFunction;
  readonly positional: readonly (readonly PyToken[])[];
  /** A mapping that is spread (`**options`) is named `**`. */
  readonly keywords: readonly { readonly name: string; readonly value: readonly PyToken[] }[];
  readonly start: number;
  readonly end: number;
}

const dbtFunctions: Readonly<Record<string, DbtFunction>> = {
  'dbt.ref': 'ref',
  'dbt.source': 'source',
  'dbt.config': 'config',
  'dbt.config.get': 'get',
  'dbt.config.meta_get': 'meta_get',
};

const keywords: ReadonlySet<string> = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/**
 * The calls that dbt finds, in the order in which it does. It looks everywhere but among the arguments of other calls:
 * there it sees only what is a call itself, an item of a list, tuple or mapping that is one, or one in an f-string, so
 * that `f(dbt.ref('a'))` is found and `f(1 + dbt.ref('a'))` is not.
 */
export function dbtCalls(lines: readonly PyLine[]): readonly DbtCall[] {
  const out: DbtCall[] = [];
  for (const { tokens } of lines) visitAll(tokens, out);
  return out;
}

/** An atom with what follows it: `a`, `(a, b)`, `"text"`, then `.b`, `(c)`, `[d]`. */
interface Operand {
  readonly atom: readonly PyToken[];
  readonly trailers: readonly (readonly PyToken[])[];
}

function visitAll(tokens: readonly PyToken[], out: DbtCall[]): void {
  for (let index = 0; index < tokens.length; ) {
    const read = readOperand(tokens, index);
    if (read === null) {
      index += 1;
      continue;
    }
    visitOperand(read.operand, out);
    index = read.next;
  }
}

function readOperand(
  tokens: readonly PyToken[],
  start: number,
): { readonly operand: Operand; readonly next: number } | null {
  const first = tokens[start]!;
  let index = start + 1;
  if (first.kind === 'text') while (tokens[index]?.kind === 'text') index += 1;
  else if (opensGroup(first)) index = behindGroup(tokens, start);
  else if (first.kind === 'operator' || keywords.has(first.text)) return null;
  const atom = tokens.slice(start, index);
  const trailers: (readonly PyToken[])[] = [];
  for (;;) {
    const next = tokens[index];
    const end =
      isOperator(next, '(') || isOperator(next, '[')
        ? behindGroup(tokens, index)
        : isOperator(next, '.') && tokens[index + 1]?.kind === 'name'
          ? index + 2
          : index;
    if (end === index) return { operand: { atom, trailers }, next: index };
    trailers.push(tokens.slice(index, end));
    index = end;
  }
}

const isCall = ({ trailers }: Operand): boolean => isOperator(trailers.at(-1)?.[0], '(');
const inside = (group: readonly PyToken[]): readonly PyToken[] => group.slice(1, -1);

function visitOperand({ atom, trailers }: Operand, out: DbtCall[]): void {
  const last = trailers.at(-1);
  if (last === undefined) {
    const [first] = atom;
    if (first!.kind === 'text') for (const tokens of interpolations(atom)) visitAll(tokens, out);
    else if (opensGroup(first)) visitAll(inside(atom), out);
  } else if (isOperator(last[0], '(')) visitCall({ atom, trailers }, out);
  else {
    visitOperand({ atom, trailers: trailers.slice(0, -1) }, out);
    if (isOperator(last[0], '[')) visitAll(inside(last), out);
  }
}

function visitCall({ atom, trailers }: Operand, out: DbtCall[]): void {
  const called = trailers.slice(0, -1);
  const last = trailers.at(-1)!;
  const args = splitAt(inside(last), ',').map(argumentOf);
  const kind = dbtFunctions[dottedName(atom, called)];
  if (kind !== undefined) {
    out.push({
      function: kind,
      positional: args.filter(({ name }) => name === null).map(({ value }) => value),
      keywords: args.flatMap(({ name, value }) => (name === null ? [] : { name, value })),
      start: atom[0]!.start,
      end: last.at(-1)!.end,
    });
  }
  const positional = args.filter(({ name }) => name === null);
  for (const { value } of [...positional, ...args.filter(({ name }) => name !== null)]) {
    visitArgument(value, out);
  }
  visitReceiver(atom, called, out);
}

/** What a method is called on, where it is a call itself. */
function visitReceiver(
  atom: readonly PyToken[],
  called: readonly (readonly PyToken[])[],
  out: DbtCall[],
): void {
  if (!isOperator(called.at(-1)?.[0], '.')) return;
  let trailers = called;
  while (isOperator(trailers.at(-1)?.[0], '.')) trailers = trailers.slice(0, -1);
  const receiver = unwrapped({ atom, trailers });
  if (isCall(receiver)) visitCall(receiver, out);
}

function argumentOf(tokens: readonly PyToken[]): {
  readonly name: string | null;
  readonly value: readonly PyToken[];
} {
  const [first, second] = tokens;
  if (first?.kind === 'name' && isOperator(second, '=')) return { name: first.text, value: tokens.slice(2) };
  if (isOperator(first, '**')) return { name: '**', value: tokens.slice(1) };
  return { name: null, value: tokens };
}

function visitArgument(tokens: readonly PyToken[], out: DbtCall[]): void {
  const operand = soleOperand(tokens);
  if (operand === null) return;
  if (isCall(operand)) {
    visitCall(operand, out);
    return;
  }
  if (operand.trailers.length > 0) return;
  const [first] = operand.atom;
  if (first!.kind === 'text') {
    for (const inner of interpolations(operand.atom)) visitSoleCall(inner, out);
  } else if (opensGroup(first)) {
    for (const item of splitAt(inside(operand.atom), ',')) {
      const [key, value] = splitAt(item, ':');
      visitSoleCall(isOperator(first, '{') ? (value ?? []) : (key ?? []), out);
    }
  }
}

function visitSoleCall(tokens: readonly PyToken[], out: DbtCall[]): void {
  const operand = soleOperand(tokens);
  if (operand !== null && isCall(operand)) visitCall(operand, out);
}

/** The operand that an expression consists of; null where operators or keywords make it something else. */
function soleOperand(tokens: readonly PyToken[]): Operand | null {
  if (tokens.length === 0) return null;
  const read = readOperand(tokens, 0);
  return read === null || read.next < tokens.length ? null : unwrapped(read.operand);
}

/** Brackets around a single expression are not part of it. */
function unwrapped(operand: Operand): Operand {
  const { atom, trailers } = operand;
  if (trailers.length > 0 || !isOperator(atom[0], '(')) return operand;
  const inner = inside(atom);
  if (splitAt(inner, ',').length !== 1 || isOperator(inner.at(-1), ',')) return operand;
  return soleOperand(inner) ?? operand;
}

function dottedName(atom: readonly PyToken[], trailers: readonly (readonly PyToken[])[]): string {
  if (atom.length !== 1 || atom[0]!.kind !== 'name') return '';
  if (!trailers.every(([first]) => isOperator(first, '.'))) return '';
  return [atom[0]!.text, ...trailers.map(([, name]) => name!.text)].join('.');
}

/** The expressions between the braces of f-strings, without what follows a colon or an exclamation mark. */
function interpolations(texts: readonly PyToken[]): readonly (readonly PyToken[])[] {
  const out: (readonly PyToken[])[] = [];
  for (const { text, prefix } of texts) {
    if (!prefix.includes('f')) continue;
    for (const [, expression] of text.replaceAll('{{', '').matchAll(/\{([^{}]*)\}/g)) {
      const tokens = pythonLines(`(${expression})`).flatMap((line) => line.tokens);
      const [value] = splitAt(inside(tokens), ':');
      if (value !== undefined) out.push(splitAt(value, '!')[0] ?? []);
    }
  }
  return out;
}
