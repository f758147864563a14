import {
  type Arguments,
  captured,
  type Expression,
  type FilterUse,
  type Item,
  type Keyword,
  noArguments,
  type Slice,
} from './ast.ts';
import { filters } from './filters/index.ts';
import type { Lexer } from './lexer.ts';
import { tests } from './tests.ts';
import { describeToken, expectName, expectOperator, failExpected, skipName, skipOperator } from './tokens.ts';

/** A filter or test that does not exist, found where Jinja2 refuses the template for it. */
export interface UnknownUse {
  readonly what: 'filter' | 'test';
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Which of a macro's special variables are read. */
export interface SpecialReads {
  caller: boolean;
  kwargs: boolean;
  varargs: boolean;
}

/** What the expressions of a template leave behind for its statements. */
export interface Findings {
  /** Of the macro that is being parsed. */
  reads: SpecialReads;
  /** Inside `if`, where an unknown filter or test fails only when it is reached. */
  lenient: boolean;
  readonly unknown: UnknownUse[];
}

/** The expressions that operands hold in their brackets. */
export interface InnerExpressions {
  expression(): Expression;
  /** What stands after an opening parenthesis: one expression, or a tuple, which may be empty. */
  parenthesized(): Expression;
}

/** The value of a name that is a constant, which nothing can be assigned to; undefined for every other name. */
export function constantNamed(name: string): boolean | null | undefined {
  switch (name) {
    case 'true':
    case 'True':
      return true;
    case 'false':
    case 'False':
      return false;
    case 'none':
    case 'None':
      return null;
    default:
      return undefined;
  }
}

/** What stands between operators: literals, names, calls, attributes, filters and tests, with their signs. */
export class OperandParser {
  readonly #lexer: Lexer;
  readonly #inner: InnerExpressions;
  readonly #findings: Findings;
  /** End of the parenthesis that closed the latest arguments. */
  #argumentsEnd = 0;
  /** End of the latest filter's or test's name. */
  #nameEnd = 0;

  constructor(lexer: Lexer, inner: InnerExpressions, findings: Findings) {
    this.#lexer = lexer;
    this.#inner = inner;
    this.#findings = findings;
  }

  /** An operand with everything that is attached to it. */
  operand(): Expression {
    return this.#unary(true);
  }

  /** A chain of filters on the text of a block; `inline` where the first one has no `|` before it. */
  blockFilters(inline: boolean): FilterUse {
    let filter: FilterUse | null = null;
    if (inline) filter = this.#filter(captured);
    while (skipOperator(this.#lexer, '|')) filter = this.#filter(filter ?? captured);
    return filter ?? failExpected(this.#lexer, '|');
  }

  #unary(withFilters: boolean): Expression {
    const lexer = this.#lexer;
    const { start } = lexer;
    let value: Expression;
    if (lexer.type === '-' || lexer.type === '+') {
      const kind = lexer.type === '-' ? 'negative' : 'positive';
      lexer.next();
      const operand = this.#unary(false);
      value = { kind, operand, start, end: operand.end };
    } else value = this.primary();
    value = this.#postfix(value);
    return withFilters ? this.#filtersAndTests(value) : value;
  }

  /** A literal, a name or something in brackets. */
  primary(): Expression {
    const lexer = this.#lexer;
    const { start, end } = lexer;
    switch (lexer.type) {
      case 'name':
        return this.#name();
      case 'string': {
        let value = lexer.text;
        let last = end;
        lexer.next();
        while (lexer.type === 'string') {
          value += lexer.text;
          last = lexer.end;
          lexer.next();
        }
        return { kind: 'constant', value, start, end: last };
      }
      case 'integer':
      case 'float': {
        const value = lexer.number;
        lexer.next();
        return { kind: 'constant', value, start, end };
      }
      case '(':
        return this.#parenthesized();
      case '[':
        return this.#listLiteral();
      case '{':
        return this.#dictLiteral();
    }
    return lexer.fail(`unexpected '${describeToken(lexer)}'`);
  }

  #name(): Expression {
    const lexer = this.#lexer;
    const { text, start, end } = lexer;
    lexer.next();
    const value = constantNamed(text);
    if (value !== undefined) return { kind: 'constant', value, start, end };
    if (text === 'caller' || text === 'kwargs' || text === 'varargs') this.#findings.reads[text] = true;
    return { kind: 'name', name: text, start, end };
  }

  #parenthesized(): Expression {
    this.#lexer.next();
    const value = this.#inner.parenthesized();
    expectOperator(this.#lexer, ')');
    return value;
  }

  #listLiteral(): Expression {
    const lexer = this.#lexer;
    const { start } = lexer;
    lexer.next();
    const items: Expression[] = [];
    while (!lexer.is(']')) {
      if (items.length > 0) expectOperator(lexer, ',');
      if (lexer.is(']')) break;
      items.push(this.#inner.expression());
    }
    const { end } = lexer;
    lexer.next();
    return { kind: 'list', items, start, end };
  }

  #dictLiteral(): Expression {
    const lexer = this.#lexer;
    const { start } = lexer;
    lexer.next();
    const items: Expression[] = [];
    while (!lexer.is('}')) {
      if (items.length > 0) expectOperator(lexer, ',');
      if (lexer.is('}')) break;
      items.push(this.#inner.expression());
      expectOperator(lexer, ':');
      items.push(this.#inner.expression());
    }
    const { end } = lexer;
    lexer.next();
    return { kind: 'dict', items, start, end };
  }

  #postfix(value: Expression): Expression {
    const lexer = this.#lexer;
    let result = value;
    for (;;) {
      if (lexer.is('.')) result = this.#attribute(result);
      else if (lexer.is('[')) result = this.#item(result);
      else if (lexer.is('(')) result = this.#call(result);
      else return result;
    }
  }

  #attribute(object: Expression): Expression {
    const lexer = this.#lexer;
    lexer.next();
    const { type, text, start, end, number } = lexer;
    if (type !== 'name' && type !== 'integer') lexer.fail('expected name or number');
    lexer.next();
    if (type === 'name')
      return { kind: 'attribute', object, name: text, nameStart: start, start: object.start, end };
    const key: Expression = { kind: 'constant', value: number, start, end };
    return { kind: 'item', object, key, start: object.start, end };
  }

  #item(object: Expression): Item {
    const lexer = this.#lexer;
    lexer.next();
    const { start } = lexer;
    const keys: (Expression | Slice)[] = [];
    while (!lexer.is(']')) {
      if (keys.length > 0) expectOperator(lexer, ',');
      keys.push(this.#subscript());
    }
    const { end } = lexer;
    lexer.next();
    const only = keys[0];
    const key: Expression | Slice =
      keys.length === 1 && only !== undefined
        ? only
        : { kind: 'tuple', items: keys as Expression[], start, end };
    return { kind: 'item', object, key, start: object.start, end };
  }

  #subscript(): Expression | Slice {
    const lexer = this.#lexer;
    const { start } = lexer;
    let from: Expression | null = null;
    if (!lexer.is(':')) {
      from = this.#inner.expression();
      if (!lexer.is(':')) return from;
    }
    let { end } = lexer;
    expectOperator(lexer, ':');
    const closes = (): boolean => lexer.is(']') || lexer.is(',');
    const to = lexer.is(':') || closes() ? null : this.#inner.expression();
    let step: Expression | null = null;
    if (lexer.is(':')) {
      end = lexer.end;
      lexer.next();
      if (!closes()) step = this.#inner.expression();
    }
    end = Math.max(end, to?.end ?? 0, step?.end ?? 0);
    return { kind: 'slice', from, to, step, start, end };
  }

  #call(callee: Expression): Expression {
    const args = this.#arguments();
    return { kind: 'call', callee, args, start: callee.start, end: this.#argumentsEnd };
  }

  #arguments(): Arguments {
    const lexer = this.#lexer;
    const positional: Expression[] = [];
    const keywords: Keyword[] = [];
    let rest: Expression | null = null;
    let keywordRest: Expression | null = null;
    expectOperator(lexer, '(');
    for (let first = true; !lexer.is(')'); first = false) {
      if (!first) {
        expectOperator(lexer, ',');
        if (lexer.is(')')) break;
      }
      if (lexer.is('*')) {
        if (rest !== null || keywordRest !== null) this.#badCall();
        lexer.next();
        rest = this.#inner.expression();
      } else if (lexer.is('**')) {
        if (keywordRest !== null) this.#badCall();
        lexer.next();
        keywordRest = this.#inner.expression();
      } else if (lexer.type === 'name' && lexer.assignmentFollows()) {
        if (keywordRest !== null) this.#badCall();
        keywords.push(this.#keyword(keywords));
      } else {
        if (rest !== null || keywordRest !== null || keywords.length > 0) this.#badCall();
        positional.push(this.#inner.expression());
      }
    }
    this.#argumentsEnd = lexer.end;
    lexer.next();
    return { positional, keywords, rest, keywordRest };
  }

  #keyword(before: readonly Keyword[]): Keyword {
    const lexer = this.#lexer;
    const { text: name, start, end } = lexer;
    if (before.some((keyword) => keyword.name === name))
      lexer.fail(`keyword argument repeated: ${name}`, start, end);
    lexer.next();
    lexer.next();
    const value = this.#inner.expression();
    return { name, value, start, end: value.end };
  }

  #badCall(): never {
    return this.#lexer.fail('invalid syntax for function call expression');
  }

  #filtersAndTests(value: Expression): Expression {
    const lexer = this.#lexer;
    let result = value;
    for (;;) {
      if (skipOperator(lexer, '|')) result = this.#filter(result);
      else if (lexer.isName('is')) result = this.#test(result);
      else if (lexer.is('(')) result = this.#call(result);
      else return result;
    }
  }

  #filter(object: Expression): FilterUse {
    const lexer = this.#lexer;
    const { start } = lexer;
    const name = this.#dottedName();
    let end = this.#nameEnd;
    this.#requireKnown('filter', name, start, end);
    let args = noArguments;
    if (lexer.is('(')) {
      args = this.#arguments();
      end = this.#argumentsEnd;
    }
    return { kind: 'filter', object, name, nameStart: start, args, start: object.start, end };
  }

  #test(object: Expression): Expression {
    const lexer = this.#lexer;
    lexer.next();
    const negated = skipName(lexer, 'not');
    const { start } = lexer;
    const name = this.#dottedName();
    let end = this.#nameEnd;
    this.#requireKnown('test', name, start, end);
    let args = noArguments;
    if (lexer.is('(')) {
      args = this.#arguments();
      end = this.#argumentsEnd;
    } else if (this.#testArgumentFollows()) {
      if (lexer.isName('is')) lexer.fail('You cannot chain multiple tests with is');
      const argument = this.#postfix(this.primary());
      args = { ...noArguments, positional: [argument] };
      end = argument.end;
    }
    const test: Expression = { kind: 'test', object, name, nameStart: start, args, start: object.start, end };
    return negated ? { kind: 'not', operand: test, start: object.start, end } : test;
  }

  #testArgumentFollows(): boolean {
    const lexer = this.#lexer;
    const { type, text } = lexer;
    if (type === 'name') return text !== 'else' && text !== 'or' && text !== 'and';
    return type === '[' || type === '{' || type === 'string' || type === 'integer' || type === 'float';
  }

  #dottedName(): string {
    const lexer = this.#lexer;
    this.#nameEnd = lexer.end;
    let name = expectName(lexer);
    while (skipOperator(lexer, '.')) {
      this.#nameEnd = lexer.end;
      name += `.${expectName(lexer)}`;
    }
    return name;
  }

  #requireKnown(what: 'filter' | 'test', name: string, start: number, end: number): void {
    if (!this.#findings.lenient && !(what === 'filter' ? filters : tests).has(name))
      this.#findings.unknown.push({ what, name, start, end });
  }
}
