import { repr, str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import { sha256 } from '../../project/checksum.ts';
import { allConstraints, isForeignKey } from '../constraints.ts';
import type { ModelNode, RefArgs } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import type { Draft, PlainRecord } from '../record.ts';
import { byCodePoint } from '../test-names.ts';
import { constraintsOf } from './columns.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import { constraintsIgnored, propertyInvalid } from './errors.ts';
import { timeSpineOf } from './time-spine.ts';

/** What only models have in their properties: constraints, deprecation date, time spine, the contract's checksum. */
export function patchModel(
  state: ParseState,
  parsed: ParsedNode,
  entry: PropertiesEntry,
  data: PlainRecord,
): void {
  const model = parsed.node as Draft<ModelNode>;
  model.deprecation_date = deprecationDate(state, entry, data['deprecation_date']);
  model.time_spine = Object.hasOwn(data, 'time_spine') ? timeSpineOf(state, entry, model.columns) : null;
  if (Array.isArray(data['constraints'])) {
    const place = () => placeIn(entry, ['constraints']);
    model.constraints = constraintsOf(state, data['constraints'], entryLabel(entry), place, 'model');
  }
  if (model.contract.enforced || isConstrained(model)) {
    checkContract(state, model, entry);
    addConstraintRefs(state, parsed, entry);
  }
  if (model.contract.enforced) model.contract = { ...model.contract, checksum: contractChecksum(model) };
}

function isConstrained({ constraints, columns }: Draft<ModelNode>): boolean {
  if (constraints.length > 0) return true;
  for (const name in columns) if (columns[name]!.constraints.length > 0) return true;
  return false;
}

/** A date as dbt writes it: midnight in the system's time zone where none is given. */
function deprecationDate(state: ParseState, entry: PropertiesEntry, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(.*)?)?$/.exec(String(value));
  if (match === null) {
    const problem = `deprecation_date '${String(value)}' is no date`;
    state.found.add(
      propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['deprecation_date'], 'value')),
    );
    return null;
  }
  const [, year, month, day, time = '00:00:00', zone] = match;
  const local = new Date(`${year}-${month}-${day}T${time}`);
  return `${year}-${month}-${day}T${time}${zone === undefined || zone === '' ? offsetOf(local) : zone}`;
}

function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

function checkContract(state: ParseState, model: Draft<ModelNode>, entry: PropertiesEntry): void {
  const problems: string[] = [];
  const columns = Object.values(model.columns);
  if (model.contract.enforced && !enforcing.has(model.config.materialized) && columns.some(warns)) {
    const materialized = String(model.config.materialized);
    state.found.add(constraintsIgnored(entryLabel(entry), materialized, placeIn(entry, ['columns'])));
  }
  if (model.contract.enforced && columns.length === 0) problems.push('an enforced contract needs columns');
  if (model.contract.enforced && model.language !== 'sql')
    problems.push('an enforced contract needs a SQL model');
  const isKey = (constraint: PlainRecord): boolean => constraint['type'] === 'primary_key';
  const keys = columns.filter((column) => column.constraints.some(isKey)).map((column) => column.name);
  if (keys.length > 1) {
    problems.push(`several columns (${keys.join(', ')}) have a primary key: define it at the model level`);
  }
  if (keys.length > 0 && model.constraints.some(isKey)) {
    problems.push('primary keys are defined at the model level and at the column level');
  }
  for (const problem of problems) {
    state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['constraints'])));
  }
}

/** dbt looks at the columns' constraints only, before those of the model are there. */
const warns = ({ constraints }: { readonly constraints: readonly PlainRecord[] }): boolean =>
  constraints.some((constraint) => constraint['warn_unsupported'] === true);

/** Foreign keys refer to other nodes: `to: ref('customers')`. */
function addConstraintRefs(state: ParseState, parsed: ParsedNode, entry: PropertiesEntry): void {
  const model = parsed.node as Draft<ModelNode>;
  for (const constraint of allConstraints(model).filter(isForeignKey)) {
    const to = constraint['to'] as string;
    const reference = readReference(to);
    if (reference === null) {
      const problem = `Invalid 'ref' or 'source' syntax in 'to' of a foreign key: ${to}`;
      state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['constraints'])));
    } else if ('ref' in reference) parsed.refs.push(reference.ref);
    else parsed.sources.push(reference.source);
  }
}

const text = `\\s*(?:'([^']*)'|"([^"]*)")\\s*`;
const refPattern = new RegExp(
  `^\\s*ref\\(${text}(?:,${text})?(?:,\\s*(?:v|version)\\s*=\\s*(?:'([^']*)'|"([^"]*)"|(\\d+))\\s*)?\\)\\s*$`,
);
const sourcePattern = new RegExp(`^\\s*source\\(${text},${text}\\)\\s*$`);

/** `ref(...)` or `source(...)` with literal arguments, as properties write them; null for anything else. */
export function readReference(
  expression: string,
): { readonly ref: RefArgs } | { readonly source: readonly [string, string] } | null {
  const source = sourcePattern.exec(expression);
  if (source !== null) return { source: [(source[1] ?? source[2])!, (source[3] ?? source[4])!] };
  const ref = refPattern.exec(expression);
  if (ref === null) return null;
  const first = (ref[1] ?? ref[2])!;
  const second = ref[3] ?? ref[4];
  const number = ref[7] === undefined ? null : Number(ref[7]);
  const version = ref[5] ?? ref[6] ?? number;
  return { ref: { name: second ?? first, package: second === undefined ? null : first, version } };
}

/** Materializations that create a table with its constraints. */
const enforcing: ReadonlySet<unknown> = new Set(['table', 'incremental']);

/** dbt's checksum of an enforced contract: columns by name with types and constraints; null where none is enforced. */
export function contractChecksum(model: Draft<ModelNode>): string | null {
  if (!model.contract.enforced) return null;
  let state = '';
  for (const column of Object.values(model.columns).toSorted((a, b) => byCodePoint(a.name, b.name))) {
    state += `|${column.name}${str(column.data_type)}${constraintsText(column.constraints, 'ColumnLevelConstraint')}`;
  }
  const { materialized } = model.config;
  if (enforcing.has(materialized)) {
    state += `${materialized}${constraintsText(model.constraints, 'ModelLevelConstraint')}`;
  }
  return sha256(state);
}

/** The constraints as Python prints its objects for them, which is what the checksum is taken of. */
function constraintsText(constraints: readonly PlainRecord[], className: string): string {
  const texts = constraints.map((constraint) => {
    const fields = Object.entries(constraint).map(([key, value]) => {
      return key === 'type' ? `type=<ConstraintType.${value}: '${value}'>` : `${key}=${repr(value as Value)}`;
    });
    return `${className}(${fields.join(', ')})`;
  });
  return `[${texts.join(', ')}]`;
}
