import { join } from 'node:path';
import type { RowSource, Session } from '../adapter/adapter.ts';
import type { StatementResult } from '../adapter/cell.ts';
import type { AdapterFacts } from '../adapter/facts.ts';
import { type Failure, WarehouseError } from '../adapter/failure.ts';
import { foldName, quoteIdentifier } from '../adapter/names.ts';
import type { Block, Condition } from '../adapter/recipe.ts';
import type { RelationName } from '../adapter/relation.ts';
import { destinationOf } from '../compile/relations.ts';
import { readSeed, type Seed, type SeedColumn } from '../context/seed/read-seed.ts';
import { SeedTable } from '../context/seed/seed-table.ts';
import { printTo } from '../context/table/from-result.ts';
import { tableFromSeed } from '../context/table/from-seed.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { pending } from '../jinja/host.ts';
import type { Value } from '../jinja/values.ts';
import type { SeedNode } from '../manifest/node.ts';
import { failureDiagnostic } from './failures.ts';
import type { ItemRun } from './item-run.ts';
import { fenced, withNodeSession } from './node-session.ts';
import { programOf, publishByProgram, withProgramSession } from './programs/run-program.ts';
import { lookAtDestination } from './publish/look-at-destination.ts';
import { fullRefreshOf, publishNode } from './publish/publish-node.ts';
import type { RunServices } from './services.ts';

/** Loads a seed: types from every row, then table and rows in one transaction. */
export async function runSeed(services: RunServices, node: SeedNode, item: ItemRun): Promise<void> {
  const types = columnTypes(node);
  const seed = await item.timed('compile', () =>
    readSeed(join(node.root_path, node.original_file_path), {
      file: node.original_file_path,
      textColumns: types.keys(),
      loading: services.adapter.facts.seedLoading,
      ...(typeof node.config['delimiter'] === 'string' ? { delimiter: node.config['delimiter'] } : {}),
    }),
  );
  const table = new SeedTable(seed) as unknown as Value;
  const seedTable = () => pending(() => tableFromSeed(seed, printTo(services)));
  const seedType = (_table: Value, index: number): string =>
    sqlType(services.adapter.facts, seed.columns[index]!, types);
  const program = programOf(services, node);
  const scope = { undeclaredRefs: false, seedTable, seedType };
  if (program !== undefined) {
    await withProgramSession(services, node, item, scope, (session) =>
      fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
        await lookAtDestination(services, session, node, fence);
        await publishByProgram(services, node, item, { session, program, sql: null, compiledPath: null });
      }),
    );
    return;
  }
  await withNodeSession(services, node, scope, (session) =>
    fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
      const existing = await lookAtDestination(services, session, node, fence);
      const source = rowSource(services, node, seed, types);
      const fullRefresh = fullRefreshOf(services, node);
      // dbt's word for it: what was asked for, not whether there was a table before.
      const code = fullRefresh ? 'CREATE' : 'INSERT';
      const loadSeed = async (target: RelationName): Promise<StatementResult['response']> => {
        const rows = await session.session
          .loadRows(target, source, { signal: services.signal })
          .catch((thrown: unknown) => throwPlaced(thrown, seed));
        return { _message: `${code} ${rows}`, code, rows_affected: rows };
      };
      const refills =
        existing?.type === 'table' &&
        !fullRefresh &&
        recipeAsks(services.adapter.recipes.seed, 'refills') &&
        (await hasColumns(services.adapter.facts, session.session, existing, source));
      const publication = { session, existing, refills, sql: '', loadSeed, seedTable: table };
      await publishNode(services, node, item, publication);
    }),
  );
}

/** `column_types` of the node: the SQL type by column name. */
function columnTypes(node: SeedNode): ReadonlyMap<string, string> {
  const given = node.config['column_types'];
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return new Map(entries.map(([name, type]) => [name, String(type)]));
}

function sqlType(facts: AdapterFacts, column: SeedColumn, types: ReadonlyMap<string, string>): string {
  const declared = types.get(column.name);
  if (declared !== undefined) return declared;
  return column.wide ? (facts.typeLabels['BIGINT'] ?? 'bigint') : facts.seedTypes[column.kind];
}

function rowSource(
  services: RunServices,
  node: SeedNode,
  seed: Seed,
  types: ReadonlyMap<string, string>,
): RowSource {
  const { facts } = services.adapter;
  const quoted = node.config['quote_columns'] !== false;
  return {
    path: seed.path,
    delimiter: seed.delimiter,
    columns: seed.columns.map((column) => ({
      name: quoted ? column.name : foldName(facts, withoutBlanks(column.name)),
      type: sqlType(facts, column, types),
    })),
    rows: () => seed.rows(),
    plain: seed.plain,
  };
}

/** A header is often written with a blank after each comma. SQL takes blanks around a bare name for no part of it. */
const withoutBlanks = (name: string): string => name.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

const recipeAsks = (blocks: readonly Block[], condition: Condition): boolean =>
  blocks.some(({ steps }) => steps.some(({ when }) => when.includes(condition)));

/** True where the table has the columns of the file, in its order and of the types that a new table would get. */
async function hasColumns(
  facts: AdapterFacts,
  session: Session,
  table: RelationName,
  { columns }: RowSource,
): Promise<boolean> {
  const casts = columns.map(({ name, type }) => `cast(null as ${type}) as ${quoteIdentifier(facts, name)}`);
  const wanted = await session.describeQuery(`select ${casts.join(', ')}`);
  const there = (await session.columnsOf(table)) ?? [];
  return (
    there.length === wanted.length &&
    wanted.every(({ name, type }, index) => there[index]!.name === name && there[index]!.type === type)
  );
}

/** A value that the warehouse could not load, at its place in the file; anything else as it is. */
async function throwPlaced(thrown: unknown, seed: Seed): Promise<never> {
  if (!(thrown instanceof WarehouseError)) throw thrown;
  const span = await placeIn(seed, thrown.failure);
  if (span === null) throw thrown;
  const told = failureDiagnostic(thrown, { compiledPath: null, compiledCode: null, node: null });
  throw new DiagnosticError({ ...told, span }, { cause: thrown });
}

async function placeIn(seed: Seed, { fileLine, fileRow, fileRecord }: Failure): Promise<Span | null> {
  if (fileLine !== undefined) return seed.placeOfLine(fileLine);
  if (fileRow !== undefined) return seed.placeOfRow(fileRow);
  return fileRecord === undefined ? null : seed.placeOfRecord(fileRecord);
}
