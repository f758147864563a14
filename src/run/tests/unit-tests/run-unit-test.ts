import { pythonModelRefused } from '../../../compile/errors.ts';
import { relationOfNode } from '../../../compile/relations.ts';
import type { CompileServices } from '../../../compile/services.ts';
import {
  compileUnitTest,
  overridden,
  overrideMacros,
  readingFixtures,
} from '../../../compile/unit-tests/compile-unit-test.ts';
import { readInputs } from '../../../compile/unit-tests/inputs.ts';
import { TestPlaces } from '../../../compile/unit-tests/test-places.ts';
import { testedNode } from '../../../compile/unit-tests/tested-node.ts';
import { ColumnClass } from '../../../context/column.ts';
import type { StoredResult } from '../../../context/results.ts';
import { Table } from '../../../context/table/table.ts';
import { type Diagnostic, DiagnosticError } from '../../../core/diagnostic.ts';
import type { RowDifference } from '../../../core/row-difference.ts';
import { pending } from '../../../jinja/host.ts';
import { str } from '../../../jinja/text.ts';
import { hostFunction, type Value } from '../../../jinja/values.ts';
import type { ModelNode, UnitTestNode } from '../../../manifest/node.ts';
import { failureDiagnostic, isRefused, warehouseErrorIn } from '../../failures.ts';
import type { ItemRun } from '../../item-run.ts';
import type { NodeSession } from '../../node-session.ts';
import { placeInFile } from '../../place-in-file.ts';
import { executeProgram, programOf, responseOf, withProgramSession } from '../../programs/run-program.ts';
import type { RunServices } from '../../services.ts';
import { compareRows } from './compare-rows.ts';
import { differenceText } from './difference-text.ts';
import { asSubquery, explainFailure } from './explain.ts';

/**
 * Runs a unit test: the model's query over the rows that the test gives, compared with the rows that it expects.
 * Nothing is made in the warehouse.
 */
export async function runUnitTest(services: RunServices, test: UnitTestNode, item: ItemRun): Promise<void> {
  const model = services.compile.manifest.nodes.get(test.depends_on.nodes[0]!) as ModelNode;
  if (model.language === 'python') throw new DiagnosticError(pythonModelRefused(model));
  const places = new TestPlaces(services.compile, test);
  const inputs = readInputs(services.compile, test, model, places);
  const scope = { test, model, inputs, read: new Set<(typeof inputs)[number]>(), places };
  const node = testedNode(test, model);
  const own = { ...services, compile: overridden(services.compile, test) };
  const options = { undeclaredRefs: true, ...readingFixtures(scope) };
  await withProgramSession(own, node, item, options, async (session) => {
    overrideMacros(session.scope, test);
    try {
      const compiled = await item.timed('compile', () =>
        compileUnitTest(services.compile, session.scope, scope),
      );
      await item.compiled(services.compile, compiled);
      const { sql } = compiled;
      const program = programOf(own, node)!;
      const { compiledPath } = item;
      // A program may make a relation under the test's name, where its model has none.
      const place = relationOfNode(services.compile.relations, node) as unknown as Value;
      const names = [
        ['this', place],
        ['columns_of_query', columnsOfQuery(own, session)],
      ] as const;
      const main = await item.timed('execute', () =>
        executeProgram(
          own,
          node,
          { session, program, sql, compiledPath, names, keepsNothing: true },
          'anything',
        ),
      );
      judge(main!, item);
    } catch (thrown) {
      if (warehouseErrorIn(thrown) !== null && !isRefused(thrown)) throw thrown;
      const { compiledPath, compiledCode } = item;
      const refused = warehouseErrorIn(thrown) ?? thrown;
      const failure = failureDiagnostic(refused, { compiledPath, compiledCode, node: model });
      await session.warehouse.rollback();
      const explained = await explainFailure({ services, session, scope, sql: compiledCode });
      const told =
        explained.length > 0 ? explained : [placeInFixture(failure, places, model, services.compile)];
      throw new DiagnosticError(told, { cause: thrown });
    }
  });
}

/** In the file of the SQL fixture that the statement failed in, else where it stands in the model. */
function placeInFixture(
  failure: Diagnostic,
  places: TestPlaces,
  model: ModelNode,
  compile: CompileServices,
): Diagnostic {
  const compiled = failure.related.find(({ message }) => message === 'compiled')?.span ?? failure.span;
  const span = compiled === null ? null : places.inSqlFixture(compiled);
  return span === null ? placeInFile(failure, model, compile) : { ...failure, span };
}

/** What the program asks for the types of the tested columns: structs as a whole, as they are in fixtures. */
function columnsOfQuery({ adapter }: RunServices, { warehouse }: NodeSession): Value {
  const columns = new ColumnClass(adapter.facts);
  return hostFunction('columns_of_query', ['sql'], (sql) =>
    pending(async () =>
      (await warehouse.describeQuery(asSubquery(str(sql!)))).map(
        (column) => columns.fromAdapter(column) as unknown as Value,
      ),
    ),
  );
}

/** The last column of the rows says which of them were expected. */
function judge({ table, response }: StoredResult, item: ItemRun): void {
  const difference = table instanceof Table ? differenceIn(table) : null;
  if (difference === null) item.tested('pass', 0, null, responseOf(response));
  else item.differs(difference, differenceText(difference), responseOf(response));
}

function differenceIn({ names, data }: Table): RowDifference | null {
  const side = (name: string) =>
    data.rows.filter((row) => str(row.at(-1)!) === name).map((row) => row.slice(0, -1));
  return compareRows(names.slice(0, -1), side('expected'), side('actual'));
}
