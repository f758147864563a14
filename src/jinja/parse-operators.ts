import type { BinaryOperator, ComparisonOperator, Expression } from './ast.ts';
import type { Lexer } from './lexer.ts';
import { skipName, skipOperator } from './tokens.ts';

const comparisonOperators: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** The operators, from the loosest (`or`) to the tightest (`**`); `operand` reads what stands between them. */
export class OperatorParser {
  readonly #operand: () => Expression;
  readonly #lexer: Lexer;

  constructor(lexer: Lexer, operand: () => Expression) {
    this.#lexer = lexer;
    this.#operand = operand;
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
    const first = this.#sum();
    let operator = this.#comparisonOperator();
    if (operator === null) return first;
    const operands = [first];
    const operators: ComparisonOperator[] = [];
    while (operator !== null) {
      operators.push(operator);
      operands.push(this.#sum());
      operator = this.#comparisonOperator();
    }
    const { end } = operands.at(-1)!;
    return { kind: 'comparison', operands, operators, start: first.start, end };
  }

  #comparisonOperator(): ComparisonOperator | null {
    const lexer = this.#lexer;
    if (lexer.type === 'operator') {
      if (!comparisonOperators.has(lexer.text)) return null;
      const operator = lexer.text as ComparisonOperator;
      lexer.next();
      return operator;
    }
    if (lexer.type !== 'name') return null;
    if (skipName(lexer, 'in')) return 'in';
    if (!lexer.isName('not') || !lexer.wordFollows('in')) return null;
    lexer.next();
    lexer.next();
    return 'not in';
  }

  #sum(): Expression {
    const lexer = this.#lexer;
    let left = this.#concat();
    while (lexer.type === 'operator' && (lexer.text === '+' || lexer.text === '-')) {
      const operator = lexer.text;
      lexer.next();
      left = binary(operator, left, this.#concat());
    }
    return left;
  }

  #concat(): Expression {
    const first = this.#product();
    if (!this.#lexer.isOperator('~')) return first;
    const items = [first];
    while (skipOperator(this.#lexer, '~')) items.push(this.#product());
    return { kind: 'concat', items, start: first.start, end: items.at(-1)!.end };
  }

  #product(): Expression {
    const lexer = this.#lexer;
    let left = this.#power();
    while (lexer.type === 'operator' && isProductOperator(lexer.text)) {
      const operator = lexer.text;
      lexer.next();
      left = binary(operator, left, this.#power());
    }
    return left;
  }

  #power(): Expression {
    let left = this.#operand();
    while (skipOperator(this.#lexer, '**')) left = binary('**', left, this.#operand());
    return left;
  }
}

function isProductOperator(text: string): text is '*' | '/' | '//' | '%' {
  return text === '*' || text === '/' || text === '//' || text === '%';
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right, start: left.start, end: right.end };
}

function logical(kind: 'and' | 'or', left: Expression, right: Expression): Expression {
  return { kind, left, right, start: left.start, end: right.end };
}
