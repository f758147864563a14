/** Operators and brackets. */
export type Operator =
  | '+'
  | '-'
  | '*'
  | '**'
  | '/'
  | '//'
  | '%'
  | '~'
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}'
  | '='
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '.'
  | ','
  | ':'
  | ';'
  | '|';

/** An operator is a type of its own: comparing types compares addresses, never characters. */
export type TokenType =
  | 'end'
  | 'data'
  | 'block-begin'
  | 'block-end'
  | 'output-begin'
  | 'output-end'
  | 'name'
  | 'integer'
  | 'float'
  | 'string'
  | Operator;

/** The operator that a character is by itself, by the character's code; null where it is none. */
export function operatorOf(code: number): Operator | null {
  return code < 128 ? byCode[code]! : null;
}

const byCode: readonly (Operator | null)[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return '+-/*%~[](){}><=.:|,;'.includes(character) ? (character as Operator) : null;
});

/** The comparison of a character with a `=` behind it, by the character's code: one of `=`, `!`, `<` and `>`. */
export function comparisonOf(code: number): Operator {
  if (code === 61) return '==';
  if (code === 33) return '!=';
  return code === 60 ? '<=' : '>=';
}
