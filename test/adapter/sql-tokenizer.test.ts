import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlSyntax } from '../../src/adapter/facts.ts';
import { isEmptySql, splitStatements, sqlTokens } from '../../src/adapter/sql-tokenizer.ts';

const postgres: SqlSyntax = {
  lineComments: ['--'],
  nestedBlockComments: true,
  dollarQuotes: true,
  backslashEscapes: 'e-strings',
  identifierQuotes: ['"'],
  stringQuotes: ["'"],
};
const bigquery: SqlSyntax = {
  lineComments: ['--', '#'],
  nestedBlockComments: false,
  dollarQuotes: false,
  backslashEscapes: 'always',
  identifierQuotes: ['`'],
  stringQuotes: ["'", '"'],
};

const texts = (sql: string, syntax = postgres) => splitStatements(sql, syntax).map(({ text }) => text);

test('statements are cut at semicolons and lose the white space around them', () => {
  expect(texts(' select 1 ;\n\nselect 2;')).toEqual(['select 1', 'select 2']);
});

test('a semicolon inside a string, a quoted name or a comment separates nothing', () => {
  expect(texts(`select ';', "a;b", 'it''s;' -- c;\n, 1 /* ; /* ; */ ; */`)).toHaveLength(1);
  expect(texts('do $body$ begin; end; $body$; select $$;$$')).toEqual([
    'do $body$ begin; end; $body$',
    'select $$;$$',
  ]);
});

test('a backslash escapes a quote only in the strings that the warehouse says', () => {
  expect(texts(String.raw`select E'\';', 1; select 2`)).toEqual([String.raw`select E'\';', 1`, 'select 2']);
  expect(texts(String.raw`select '\'; select 2`)).toEqual([String.raw`select '\'`, 'select 2']);
  expect(texts(String.raw`select '\';', 1; select 2`, bigquery)).toEqual([
    String.raw`select '\';', 1`,
    'select 2',
  ]);
  expect(texts(String.raw`select name'\'; select 2`)).toHaveLength(2);
});

test('a dollar quote needs a closing tag of the same name and opens inside no word', () => {
  expect(texts('select $a$ $b$ ; $a$; select 2')).toHaveLength(2);
  expect(texts('select a$b$ from t; select c$b$ from t')).toHaveLength(2);
  expect(texts('select $1; select $2')).toEqual(['select $1', 'select $2']);
});

test('block comments nest where the warehouse lets them', () => {
  expect(texts('/* /* */ ; */ select 1')).toHaveLength(1);
  expect(texts('/* /* */ ; select 1', bigquery)).toEqual(['select 1']);
});

test('a hash opens a comment only where it does in the warehouse', () => {
  expect(texts('select 1 # ;\n; select 2', bigquery)).toEqual(['select 1 # ;', 'select 2']);
  expect(texts('select 1 # 2; select 2')).toHaveLength(2);
});

test('statements of nothing but comments are dropped and comments beside a statement stay with it', () => {
  expect(texts(';; -- nothing\n; /* a */ select 1 -- b\n; /* end */')).toEqual(['/* a */ select 1 -- b']);
});

test('what is left open runs to the end of the text', () => {
  expect(texts("select 'a; b")).toEqual(["select 'a; b"]);
  expect(texts('select 1 /* a; b')).toEqual(['select 1 /* a; b']);
});

test('a text is empty where nothing but comments, white space and semicolons is in it', () => {
  expect(isEmptySql(' ;\n-- select 1\n/* x */ ', postgres)).toBe(true);
  expect(isEmptySql('', postgres)).toBe(true);
  expect(isEmptySql('--x\nselect', postgres)).toBe(false);
});

const piece = fc.constantFrom(
  "'",
  '"',
  '`',
  '$',
  '$$',
  '$a$',
  '--',
  '#',
  '/*',
  '*/',
  ';',
  '\n',
  ' ',
  'e',
  'E',
  'select',
  '1',
  '\\',
  'ü',
  '💧',
);
const anySql = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

test('tokens cover every text without gaps', () => {
  fc.assert(
    fc.property(anySql, fc.constantFrom(postgres, bigquery), (sql, syntax) => {
      let at = 0;
      for (const token of sqlTokens(sql, syntax)) {
        expect(token.start).toBe(at);
        expect(token.end).toBeGreaterThan(at);
        at = token.end;
      }
      expect(at).toBe(sql.length);
    }),
  );
});

test('statements hold all the code of a text, in order and unchanged', () => {
  const code = (sql: string, syntax: SqlSyntax) =>
    [...sqlTokens(sql, syntax)]
      .filter(({ kind }) => kind !== 'space' && kind !== 'comment' && kind !== 'semicolon')
      .map(({ start, end }) => sql.slice(start, end));
  fc.assert(
    fc.property(anySql, fc.constantFrom(postgres, bigquery), (sql, syntax) => {
      const statements = splitStatements(sql, syntax);
      for (const { text, start, end } of statements) {
        expect(text).toBe(sql.slice(start, end));
        expect([...sqlTokens(text, syntax)].filter(({ kind }) => kind === 'semicolon')).toEqual([]);
      }
      expect(statements.flatMap(({ text }) => code(text, syntax))).toEqual(code(sql, syntax));
      const joined = statements.map(({ text }) => text).join('\n;\n');
      expect(splitStatements(joined, syntax).map(({ text }) => text)).toEqual(
        statements.map(({ text }) => text),
      );
    }),
  );
});
