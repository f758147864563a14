import { behindGroup, isOperator, splitAt } from './groups.ts';
import type { PyLine, PyToken } from './tokens.ts';

/** What is wrong with the function `model` of a Python model, in the order of the text; `count` is how many there are. */
export function checkModelFunction(lines: readonly PyLine[]): {
  readonly count: number;
  readonly problems: readonly string[];
} {
  let count = 0;
  const problems: string[] = [];
  for (let index = 0; index < lines.length; ) {
    const line = lines[index]!;
    const [first, name] = line.tokens;
    if (first?.kind !== 'name' || first.text !== 'def') {
      index += 1;
      continue;
    }
    const end = endOfBlock(lines, index);
    if (name?.text === 'model') {
      count += 1;
      problems.push(...parameterProblems(line), ...returnProblems(line, lines.slice(index + 1, end)));
    }
    // Functions within functions are none of dbt's business.
    index = end;
  }
  return { count, problems };
}

function endOfBlock(lines: readonly PyLine[], start: number): number {
  let end = start + 1;
  while (end < lines.length && lines[end]!.indent > lines[start]!.indent) end += 1;
  return end;
}

function parameterProblems({ tokens }: PyLine): readonly string[] {
  const open = tokens.findIndex((token) => isOperator(token, '('));
  const names = parameterNames(tokens.slice(open + 1, behindGroup(tokens, open) - 1));
  const problems: string[] = [];
  if (names.length > 0 && names[0] !== 'dbt') problems.push("the first parameter of 'model' must be 'dbt'");
  if (names.length !== 2) problems.push("'model' must have two parameters: dbt and a session");
  return problems;
}

/** Plain parameters: none that are positional or named only, and no starred ones. */
function parameterNames(tokens: readonly PyToken[]): readonly string[] {
  const names: string[] = [];
  for (const [first] of splitAt(tokens, ',')) {
    if (isOperator(first, '/')) names.length = 0;
    else if (isOperator(first, '*') || isOperator(first, '**')) break;
    else if (first !== undefined) names.push(first.text);
  }
  return names;
}

function returnProblems(head: PyLine, body: readonly PyLine[]): readonly string[] {
  const last = lastStatement(head, body);
  const returned = last[0]?.kind === 'name' && last[0].text === 'return' ? last.slice(1) : null;
  return returned !== null && !isTuple(returned) ? [] : ["'model' must end by returning one dataframe"];
}

function lastStatement({ tokens }: PyLine, body: readonly PyLine[]): readonly PyToken[] {
  const [first] = body;
  if (first === undefined) {
    const colon = splitAt(tokens, ':').slice(1).at(-1) ?? [];
    return splitAt(colon, ';').at(-1) ?? [];
  }
  const last = body.findLast(({ indent }) => indent <= first.indent) ?? first;
  return splitAt(last.tokens, ';').at(-1) ?? [];
}

function isTuple(tokens: readonly PyToken[]): boolean {
  if (splitAt(tokens, ',').length > 1 || isOperator(tokens.at(-1), ',')) return true;
  if (!isOperator(tokens[0], '(') || behindGroup(tokens, 0) < tokens.length) return false;
  return tokens.length === 2 || isTuple(tokens.slice(1, -1));
}
