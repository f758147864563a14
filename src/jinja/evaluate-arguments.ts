import type { Arguments, Expression } from './ast.ts';
import { dictEntries } from './dict.ts';
import type { Frame } from './frame.ts';
import { type Kwargs, Pending } from './host.ts';
import { iterate } from './operations.ts';
import { raise } from './py-error.ts';
import type { Scope } from './scope.ts';
import { isDict, isText, textOf, typeName, Undefined, type Value } from './values.ts';

/** Operands in the order of their evaluation; the last one has to be waited for. */
export class Suspended {
  readonly operands: readonly (Value | Pending)[];

  constructor(operands: readonly (Value | Pending)[]) {
    this.operands = operands;
  }
}

type Evaluate = (frame: Frame, node: Expression, scope: Scope) => Value | Pending;

/**
 * Evaluates what stands between parentheses: positional values are added to `out`, keywords are returned, null where
 * there are none. `first` is the operand that was evaluated before: the called object, or the filtered one.
 */
export function evaluateArguments(
  frame: Frame,
  args: Arguments,
  scope: Scope,
  first: Value,
  out: Value[],
  evaluate: Evaluate,
): Kwargs | null | Suspended {
  const offset = out.length;
  for (const node of args.positional) {
    const value = evaluate(frame, node, scope);
    if (value instanceof Pending) return new Suspended([first, ...out.slice(offset), value]);
    out.push(value);
  }
  if (args.rest === null && args.keywords.length === 0 && args.keywordRest === null) return null;
  const done = [first, ...out.slice(offset)];
  if (args.rest !== null) {
    const rest = evaluate(frame, args.rest, scope);
    if (rest instanceof Pending) return new Suspended([...done, rest]);
    frame.at = args.rest;
    for (const value of iterate(rest)) out.push(value);
    done.push(rest);
  }
  return evaluateKeywords(frame, args, scope, done, evaluate);
}

function evaluateKeywords(
  frame: Frame,
  { keywords, keywordRest }: Arguments,
  scope: Scope,
  done: readonly Value[],
  evaluate: Evaluate,
): Kwargs | null | Suspended {
  if (keywords.length === 0 && keywordRest === null) return null;
  const named = new Map<string, Value>();
  for (const keyword of keywords) {
    const value = evaluate(frame, keyword.value, scope);
    if (value instanceof Pending) return new Suspended([...done, ...named.values(), value]);
    named.set(keyword.name, value);
  }
  if (keywordRest === null) return named;
  const more = evaluate(frame, keywordRest, scope);
  if (more instanceof Pending) return new Suspended([...done, ...named.values(), more]);
  frame.at = keywordRest;
  addKeywords(named, more);
  return named;
}

/** `**more`; an undefined adds nothing, because dbt's lenient one is mappable. */
function addKeywords(named: Map<string, Value>, more: Value): void {
  if (more instanceof Undefined && more.lenient) return;
  if (!isDict(more)) raise('TypeError', `argument after ** must be a mapping, not ${typeName(more)}`);
  for (const [key, value] of dictEntries(more)) {
    if (!isText(key)) raise('TypeError', 'keywords must be strings');
    const name = textOf(key);
    if (named.has(name)) raise('TypeError', `got multiple values for keyword argument '${name}'`);
    named.set(name, value);
  }
}
