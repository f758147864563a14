import type { TestNode } from '../../manifest/node.ts';
import type { NodeSession } from '../node-session.ts';

/** How a data test counts, and from when on it is told, in SQL; dbt's defaults where it does not say. */
export interface CountingTerms {
  readonly failCalc: string;
  readonly warnIf: string;
  readonly errorIf: string;
}

export function countingTerms({ config }: TestNode): CountingTerms {
  const given = config as Readonly<Record<string, unknown>>;
  return {
    failCalc: String(given['fail_calc'] ?? 'count(*)'),
    warnIf: String(given['warn_if'] ?? '!= 0'),
    errorIf: String(given['error_if'] ?? '!= 0'),
  };
}

/** The statement that counts what a query finds, in one row: failures, should_warn, should_error. */
export const countingStatement = (
  session: NodeSession,
  { failCalc, warnIf, errorIf }: CountingTerms,
  query: string,
): Promise<string> => session.render('get_test_sql', [query, failCalc, warnIf, errorIf, null]);
