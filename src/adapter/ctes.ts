import type { SqlSyntax } from './facts.ts';
import { sqlTokens } from './sql-tokenizer.ts';

/** A query to put in front of another: `sql` is its select, or, where `name` is missing, the text `name as (...)`. */
export interface CommonTableExpression {
  readonly name?: string;
  readonly sql: string;
}

/** Where common table expressions can be put into a query. */
export interface CtePosition {
  /** True where the query has a leading `with` of its own, which then takes the new ones in. */
  readonly hasWith: boolean;
  /** Offset of the first token that is not white space: after `with [recursive]`, else of the whole query. */
  readonly insertAt: number;
}

/** Finds the leading `with [recursive]` of a query; comments may stand around each word. */
export function leadingWith(sql: string, syntax: SqlSyntax): CtePosition {
  let insertAt = sql.length;
  let hasWith = false;
  let awaited: string | null = 'with';
  let takesNext = true;
  for (const token of sqlTokens(sql, syntax)) {
    if (token.kind === 'space') continue;
    if (takesNext) insertAt = token.start;
    takesNext = false;
    if (token.kind === 'comment') continue;
    const word = token.kind === 'word' ? sql.slice(token.start, token.end).toLowerCase() : '';
    if (word !== awaited) return { hasWith, insertAt };
    awaited = hasWith ? null : 'recursive';
    hasWith = true;
    takesNext = true;
    insertAt = sql.length;
  }
  return { hasWith, insertAt };
}

/**
 * Puts the queries of ephemeral parents in front of a query, in order, with dbt's white space: without a `with` of
 * its own the text becomes `with a as (\n...\n),  b as (\n...\n) select ...`, the whole before leading comments.
 * Differs from dbt's where dbt's text is broken: a later `with` (`timestamp with time zone`) is no place to insert,
 * a comment may stand between `with` and `recursive`, and nothing after a `;` is dropped.
 */
export function injectCtes(sql: string, ctes: readonly CommonTableExpression[], syntax: SqlSyntax): string {
  if (ctes.length === 0) return sql;
  const injected = ctes
    .map(({ name, sql: query }) => (name === undefined ? query : ` ${name} as (\n${query}\n)`))
    .join(', ');
  const { hasWith, insertAt } = leadingWith(sql, syntax);
  const before = sql.slice(0, insertAt);
  const after = sql.slice(insertAt);
  return hasWith ? `${before}${injected}, ${after}` : `${before}with${injected} ${after}`;
}
