import type { Lexer } from './lexer.ts';
import type { Operator, TokenType } from './token-type.ts';

const descriptions: Partial<Record<TokenType, string>> = {
  end: 'end of template',
  data: 'template data / text',
  'block-begin': 'begin of statement block',
  'block-end': 'end of statement block',
  'output-begin': 'begin of print statement',
  'output-end': 'end of print statement',
};

/** The current token as Jinja2's error messages call it. */
export function describeToken({ type, text }: Lexer): string {
  return type === 'name' ? text : (descriptions[type] ?? type);
}

export function failExpected(lexer: Lexer, expected: string): never {
  lexer.fail(`expected token '${expected}', got '${describeToken(lexer)}'`);
}

/** Skips an operator that must stand here. */
export function expectOperator(lexer: Lexer, operator: Operator): void {
  if (lexer.type !== operator) failExpected(lexer, operator);
  lexer.next();
}

/** Reads a name that must stand here. */
export function expectName(lexer: Lexer): string {
  if (lexer.type !== 'name') failExpected(lexer, 'name');
  const name = lexer.text;
  lexer.next();
  return name;
}

export function skipOperator(lexer: Lexer, operator: Operator): boolean {
  if (lexer.type !== operator) return false;
  lexer.next();
  return true;
}

export function skipName(lexer: Lexer, name: string): boolean {
  if (!lexer.isName(name)) return false;
  lexer.next();
  return true;
}
