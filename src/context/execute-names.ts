import type { StatementResult } from '../adapter/cell.ts';
import { render } from '../jinja/driver.ts';
import type { Environment } from '../jinja/environment.ts';
import { type Pending, pending } from '../jinja/host.ts';
import type { Value } from '../jinja/values.ts';
import { executeAdapter } from './adapter/execute-adapter.ts';
import { ColumnClass, flatten } from './column.ts';
import { ContextNames, type Entry } from './names.ts';
import { type NodeSubject, nodeEntries, type RefCall, templateOfText } from './node-names.ts';
import { environmentOf } from './parse-names.ts';
import type { Reads } from './reads.ts';
import type { RelationClass } from './relation-class.ts';
import type { ResultFunctions } from './results.ts';
import type { ContextServices } from './services.ts';
import { emptyTable, rowsOf, tableFromResult } from './table/from-result.ts';
import type { Warehouse } from './warehouse.ts';

export interface ExecuteOptions {
  readonly subject: NodeSubject;
  readonly relations: RelationClass;
  readonly reads: Reads;
  readonly warehouse: Warehouse;
  ref(call: RefCall): Value | Pending;
  source(sourceName: string, tableName: string): Value;
  metric(packageName: string | null, name: string): Value;
  function(packageName: string | null, name: string): Value | Pending;
  /** Resolved configuration of the node; undefined where a key is not set. */
  config(name: string): Value | undefined;
  graph(): Value;
  seedTable(): Value | Pending;
  /** SQL type that the adapter gives a seed's column. */
  seedType(table: Value, index: number): string;
  write(text: string): void;
  readonly extra: Iterable<readonly [string, Entry]>;
}

/** A node's context while it runs: names, the environment that looks them up, and the results its statements stored. */
export interface ExecuteContext {
  readonly names: ContextNames;
  readonly environment: Environment;
  readonly results: ResultFunctions;
}

/**
 * The context of the execute phase: `execute` is true, refs are relations, the warehouse answers. Render with
 * `render`, which waits where a template asks the warehouse.
 */
export function executeContext(services: ContextServices, options: ExecuteOptions): ExecuteContext {
  const { subject, relations, reads, warehouse } = options;
  const columns = new ColumnClass(services.facts);
  const holder: { names: ContextNames | null } = { names: null };
  const tableOf = (result: StatementResult): Value => tableFromResult(result, services) as unknown as Value;
  const { entries, results } = nodeEntries(
    services,
    subject,
    {
      execute: true,
      ref: options.ref,
      source: options.source,
      metric: options.metric,
      function: options.function,
      config: { configure: () => {}, lookup: options.config },
      adapter: (names) =>
        executeAdapter({
          services,
          packageName: subject.packageName,
          relations,
          columns,
          bind: (macro) => names.macro(macro),
          warehouse,
          tableOf,
          columnOf: (column) => columns.fromAdapter(column),
          leavesOf: (column) => flatten(columns.fromAdapter(column)) as unknown as Value[],
          seedType: options.seedType,
          incrementalStrategyMacro: (strategy) => {
            const name = `get_incremental_${strategy.replaceAll('+', '_')}_sql`;
            const macro = services.registry.resolve(name, subject.packageName);
            return macro === undefined ? null : names.macro(macro);
          },
        }),
      relations,
      columns,
      graph: options.graph,
      emptyTable: () => emptyTable(services),
      rowsOf,
      seedTable: options.seedTable,
      write: options.write,
      render: (names, text) => pending(() => render(templateOfText(text), names.environment)),
      extra: options.extra,
    },
    reads,
    () => holder.names!,
  );
  const names = new ContextNames(services.registry, subject.packageName, entries, reads);
  holder.names = names;
  const environment = names.attach(environmentOf(services, names, 'execute'));
  return { names, environment, results: results() };
}
