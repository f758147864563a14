import { dispatch, dispatchOrder } from '../../context/macro-registry.ts';
import type { ContextServices } from '../../context/services.ts';
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

/**
 * The statements that count what queries find, in one row: failures, should_warn, should_error. Where the macro is ours,
 * which takes the query as it is, it is rendered once for all tests of the same terms.
 */
export class CountingStatements {
  readonly #context: ContextServices;
  readonly #ours = new Map<string, boolean>();
  /** What stands before the query, and behind it, by terms. */
  readonly #around = new Map<string, readonly string[]>();

  constructor(context: ContextServices) {
    this.#context = context;
  }

  /** False where the project, or the package, counts failures in a way of its own. */
  isOurs(packageName: string): boolean {
    const known = this.#ours.get(packageName) ?? isOurs(this.#context, packageName);
    this.#ours.set(packageName, known);
    return known;
  }

  async of(session: NodeSession, node: TestNode, query: string): Promise<string> {
    const terms = countingTerms(node);
    if (!this.isOurs(node.package_name)) return rendered(session, terms, query);
    const key = JSON.stringify(terms);
    const around = this.#around.get(key) ?? (await rendered(session, terms, queryMark)).split(queryMark);
    this.#around.set(key, around);
    return around.length === 2 ? around.join(query) : rendered(session, terms, query);
  }
}

/** Stands for a test's query. */
const queryMark = '<the query>';

const rendered = (
  session: NodeSession,
  { failCalc, warnIf, errorIf }: CountingTerms,
  query: string,
): Promise<string> => session.render('get_test_sql', [query, failCalc, warnIf, errorIf, null]);

function isOurs({ registry, dispatchOrders, facts }: ContextServices, packageName: string): boolean {
  const order = dispatchOrder(registry, 'dbt', dispatchOrders);
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  const outer = registry.resolve('get_test_sql', packageName);
  const inner = dispatch(registry, 'get_test_sql', order, prefixes, packageName);
  return [outer, 'macro' in inner ? inner.macro : undefined].every(
    (macro) => macro !== undefined && registry.isInternal(macro.packageName),
  );
}
