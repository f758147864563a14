import type { BinaryOperator, ComparisonOperator, Expression } from './ast.ts';
import type { Lexer } from './lexer.ts';
import type { TokenType } from './token-type.ts';
import { skipName, skipOperator } from './tokens.ts';

/** What stands between operators. */
export interface Operands {
  operand(): Expression;
}

/** How tightly arithmetic binds, by its operators; 0 for every other token. */
function tightness(type: TokenType): number {
  switch (type) {
    case '+':
    case '-':
      return sum;
    case '~':
      return concat;
    case '*':
    case '/':
    case '//':
    case '%':
      return product;
    case '**':
      return power;
    default:
      return 0;
  }
}

const sum = 1;
const concat = 2;
const product = 3;
const power = 4;

/** The operators, from the loosest (`or`) to the tightest (`**`). */
export class OperatorParser {
  readonly #operands: Operands;
  readonly #lexer: Lexer;

  constructor(lexer: Lexer, operands: Operands) {
    this.#lexer = lexer;
    this.#operands = operands;
  }

  /** An expression without an inline `if`. */
  or(): Expression {
    let left = this.#and();
    while (skipName(this.#lexer, 'or')) left = logical('or', left, this.#and());
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (skipName(this.#lexer, 'and')) left = logical('and', left, this.#not());
    return left;
  }

  #not(): Expression {
    const lexer = this.#lexer;
    if (!lexer.isName('not')) return this.#comparison();
    const { start } = lexer;
    lexer.next();
    const operand = this.#not();
    return { kind: 'not', operand, start, end: operand.end };
  }

  #comparison(): Expression {
    const first = this.#arithmetic(sum);
    let operator = this.#comparisonOperator();
    if (operator === null) return first;
    const operands = [first];
    const operators: ComparisonOperator[] = [];
    while (operator !== null) {
      operators.push(operator);
      operands.push(this.#arithmetic(sum));
      operator = this.#comparisonOperator();
    }
    const { end } = operands.at(-1)!;
    return { kind: 'comparison', operands, operators, start: first.start, end };
  }

  #comparisonOperator(): ComparisonOperator | null {
    const lexer = this.#lexer;
    const { type } = lexer;
    switch (type) {
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        lexer.next();
        return type;
      case 'name':
        if (skipName(lexer, 'in')) return 'in';
        if (!lexer.isName('not') || !lexer.wordFollows('in')) return null;
        lexer.next();
        lexer.next();
        return 'not in';
      default:
        return null;
    }
  }

  /** Operands with the operators between them that bind at least this tightly; equal ones from left to right. */
  #arithmetic(loosest: number): Expression {
    const lexer = this.#lexer;
    let left = this.#operands.operand();
    for (;;) {
      const { type } = lexer;
      const tight = tightness(type);
      if (tight < loosest) return left;
      if (type === '~') left = this.#concat(left);
      else {
        lexer.next();
        left = binary(type as BinaryOperator, left, this.#arithmetic(tight + 1));
      }
    }
  }

  #concat(first: Expression): Expression {
    const items = [first];
    while (skipOperator(this.#lexer, '~')) items.push(this.#arithmetic(product));
    return { kind: 'concat', items, start: first.start, end: items.at(-1)!.end };
  }
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right, start: left.start, end: right.end };
}

function logical(kind: 'and' | 'or', left: Expression, right: Expression): Expression {
  return { kind, left, right, start: left.start, end: right.end };
}
