import { dictGet } from '../../jinja/dict.ts';
import { str } from '../../jinja/text.ts';
import { isText, type PyDict, type Value } from '../../jinja/values.ts';
import type { TestNode } from '../../manifest/node.ts';
import { programOf } from '../programs/run-program.ts';
import type { RunServices } from '../services.ts';
import { countingTerms } from './counting-statement.ts';
import { storedAs } from './stored-failures.ts';

/** What `get_fused_tests_sql` is given of a test, and the relation that it is about, as its query names it. */
export interface FusedTest {
  readonly relation: string;
  readonly name: string;
  readonly column_name: string;
  /** SQL of the accepted values, with commas between them. */
  readonly accepted: string | null;
}

/** Tests of which a scan can tell whether they find anything, and the arguments that they know. */
const known: Readonly<Record<string, readonly string[]>> = {
  not_null: ['model', 'column_name'],
  unique: ['model', 'column_name'],
  accepted_values: ['model', 'column_name', 'values', 'quote'],
};

/** Whether nothing that is configured of a test stands against it; its arguments are known when it is compiled. */
export function isFusable(services: RunServices, node: TestNode): boolean {
  const { test_metadata: test, config, depends_on: dependsOn } = node;
  const { warnIf, errorIf } = countingTerms(node);
  return (
    test !== undefined &&
    Object.hasOwn(known, test.name) &&
    (test.namespace === null || test.namespace === 'dbt') &&
    dependsOn.nodes.length === 1 &&
    isWhole(String(config['where'] ?? '')) &&
    (config['limit'] ?? null) === null &&
    (config['sql_header'] ?? null) === null &&
    String(config['fail_calc']).trim().toLowerCase() === 'count(*)' &&
    thresholdOf(warnIf) !== null &&
    thresholdOf(errorIf) !== null &&
    storedAs(services, node) === null &&
    programOf(services, node) === undefined
  );
}

/** What stands for a test in the scan; null where its arguments are no plain column and plain values. */
export function fusedTest({ test_metadata: test }: TestNode, args: PyDict): FusedTest | null {
  const { name } = test!;
  const keys = [...args.keys()].map(str);
  const column = dictGet(args, 'column_name') ?? null;
  if (keys.some((key) => !known[name]!.includes(key)) || !isText(column)) return null;
  const column_name = str(column);
  if (!isPlainColumn(column_name)) return null;
  const accepted = name === 'accepted_values' ? valuesOf(args) : null;
  if (name === 'accepted_values' && accepted === null) return null;
  return { relation: str(dictGet(args, 'model') ?? null), name, column_name, accepted };
}

/** A condition that ends where its text does: no comment takes up what follows, no bracket closes what stands before. */
function isWhole(condition: string): boolean {
  if (/--|\/\*/.test(condition)) return false;
  let depth = 0;
  for (const [bracket] of condition.matchAll(/[()]/g)) {
    depth += bracket === '(' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Names that the queries give to something else. */
const taken = /^"?(?:unique_field|value_field|n_records|fused_\w+)"?$/i;

const isPlainColumn = (text: string): boolean =>
  /^(?:[a-z_][a-z0-9_]*|"[^"]+")$/i.test(text) && !taken.test(text);

function valuesOf(args: PyDict): string | null {
  const values = dictGet(args, 'values');
  const quote = dictGet(args, 'quote') ?? true;
  if (!Array.isArray(values) || values.length === 0 || typeof quote !== 'boolean') return null;
  const texts = (values as readonly Value[]).map(str);
  const isPlain = quote ? /^[^'\\]*$/ : /^-?\d+(?:\.\d+)?$/;
  if (!texts.every((text) => isPlain.test(text))) return null;
  return texts.map((text) => (quote ? `'${text}'` : text)).join(', ');
}

/** What `warn_if` or `error_if` says of no failures; null where that takes an engine to know. */
export function thresholdOf(condition: string): boolean | null {
  const found = /^\s*(!=|<>|=|>=|<=|>|<)\s*(\d{1,9})\s*$/.exec(condition);
  if (found === null) return null;
  const limit = Number(found[2]);
  switch (found[1]) {
    case '=':
      return limit === 0;
    case '>':
      return false;
    case '<':
      return limit > 0;
    case '>=':
      return limit === 0;
    case '<=':
      return true;
    default:
      return limit !== 0;
  }
}
