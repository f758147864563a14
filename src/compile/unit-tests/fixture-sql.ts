import { fromPlain } from '../../context/plain.ts';
import type { Warehouse } from '../../context/warehouse.ts';
import { render } from '../../jinja/driver.ts';
import { parseTemplate } from '../../jinja/template.ts';
import { str } from '../../jinja/text.ts';
import { PyDict, type Value } from '../../jinja/values.ts';
import type { SessionNode } from '../../manifest/node.ts';
import { callMacro } from '../call-macro.ts';
import { compileNode } from '../compile-node.ts';
import { type NodeScope, nodeScope } from '../node-scope.ts';
import { isEphemeral, relationOf } from '../relations.ts';
import type { CompileServices } from '../services.ts';
import type { Input } from './inputs.ts';

/** The templates of an input's rows: `this` is the relation that has the columns. */
export const inputScope = (services: CompileServices, { target }: Input, warehouse: Warehouse): NodeScope =>
  nodeScope(services, target, { warehouse, undeclaredRefs: true });

/** The query that gives an input's rows, by `get_fixture_sql`; SQL of the test's own is rendered. */
export async function fixtureSql(
  services: CompileServices,
  input: Input,
  warehouse: Warehouse,
): Promise<string> {
  const { fixture, target } = input;
  const scope = inputScope(services, input, warehouse);
  if (fixture.format === 'sql') {
    const text = String(fixture.rows ?? '');
    const template = parseTemplate({ path: `<rows of ${target.name}>`, text });
    return warehouse.compiling(() => render(template, scope.context.environment));
  }
  const types = await typesOfQuery(services, input, warehouse);
  const rows = fromPlain(fixture.rows ?? []);
  const sql = await warehouse.compiling(() => callMacro(services, scope, 'get_fixture_sql', [rows, types]));
  return str(sql ?? '');
}

/**
 * The types of what is a query and no relation: an ephemeral model, and a source that is a file or a function call.
 * Null for everything else, whose types `get_fixture_sql` finds out.
 */
async function typesOfQuery(
  services: CompileServices,
  { target, isCurrent }: Input,
  warehouse: Warehouse,
): Promise<Value> {
  const sql = isCurrent ? null : await queryOf(services, target, warehouse);
  if (sql === null) return null;
  const columns = await warehouse.describeQuery(sql);
  return PyDict.fromEntries(columns.map(({ name, type }) => [name.toLowerCase(), type]));
}

/** The query whose columns the rows for it have; null where that is a relation. */
export async function queryOf(
  services: CompileServices,
  target: SessionNode,
  warehouse: Warehouse,
): Promise<string | null> {
  if (target.resource_type === 'source') {
    const relation = relationOf(services.relations, target);
    return relation.fields.external === null ? null : `select * from ${relation.render()}`;
  }
  if (!isEphemeral(target)) return null;
  const scope = nodeScope(services, target, { warehouse, undeclaredRefs: false });
  return (await compileNode(services, scope)).sql;
}
