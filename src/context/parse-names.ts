import type { Span } from '../core/span.ts';
import { renderSync } from '../jinja/driver.ts';
import { createEnvironment, type Environment } from '../jinja/environment.ts';
import { PyDict, type Value } from '../jinja/values.ts';
import { parseAdapter } from './adapter/parse-adapter.ts';
import { baseNames } from './base-names.ts';
import { ColumnClass } from './column.ts';
import { undefinedPrinted } from './errors.ts';
import { MetricReference } from './metric-reference.ts';
import { ContextNames, type Entry } from './names.ts';
import { type NodeSubject, nodeEntries, type RefCall, templateOfText } from './node-names.ts';
import type { Reads } from './reads.ts';
import type { RelationClass } from './relation-class.ts';
import type { ContextServices } from './services.ts';
import { emptyTable, rowsOf } from './table/from-result.ts';

/** Told what a template refers to and configures while the project is parsed. */
export interface ParseCapture {
  ref(call: RefCall): void;
  source(sourceName: string, tableName: string): void;
  metric(packageName: string | null, name: string): void;
  function(packageName: string | null, name: string): void;
  /** Keywords of one `config(...)` call; `pre_hook` and `post_hook` are spelled with a dash. */
  config(values: ReadonlyMap<string, Value>): void;
}

export interface ParseOptions {
  readonly subject: NodeSubject;
  readonly capture: ParseCapture;
  readonly reads: Reads;
  readonly relations: RelationClass;
  /** Further names: a generic test's arguments. */
  readonly extra?: Iterable<readonly [string, Entry]>;
  /** Macros of every package are dispatched to, as dbt does for generic tests while it parses, and then only. */
  readonly everyPackage?: boolean;
  /** A variable that is not set is an error: names of nodes are made once, while parsing. */
  readonly needsVariables?: boolean;
}

/**
 * The context of the parse phase: `execute` is false, refs and configs are captured, undefined names chain, the
 * warehouse answers with fixed values. Render with `renderSync`.
 */
export function parseEnvironment(services: ContextServices, options: ParseOptions): Environment {
  const { subject, capture, reads, relations, everyPackage = false, needsVariables = false } = options;
  const captured = (take: () => void): Value => {
    take();
    return subject.relation();
  };
  const columns = new ColumnClass(services.facts);
  const holder: { names: ContextNames | null } = { names: null };
  const owner = (): ContextNames => holder.names!;
  const { entries } = nodeEntries(
    services,
    subject,
    {
      execute: false,
      needsVariables,
      ref: (call) => captured(() => capture.ref(call)),
      source: (source, table) => captured(() => capture.source(source, table)),
      metric: (packageName, name) => {
        capture.metric(packageName, name);
        return new MetricReference(name, packageName) as unknown as Value;
      },
      function: (packageName, name) => captured(() => capture.function(packageName, name)),
      config: { configure: (values) => capture.config(values), lookup: null },
      adapter: (names) =>
        parseAdapter({
          services,
          packageName: subject.packageName,
          relations,
          columns,
          everyPackage,
          bind: (macro) => names.macro(macro),
          emptyTable,
        }),
      relations,
      columns,
      graph: () => new PyDict(),
      emptyTable,
      rowsOf,
      seedTable: emptyTable,
      write: () => {},
      render: (names, text) => renderSync(templateOfText(text), names.environment),
      extra: options.extra ?? [],
    },
    reads,
    owner,
  );
  holder.names = new ContextNames(services.registry, subject.packageName, entries, reads);
  return holder.names.attach(environmentOf(services, holder.names, 'parse'));
}

/** A context of base names and macros only: YAML values, naming macros, docs. */
export function yamlEnvironment(
  services: ContextServices,
  options: {
    readonly packageName: string;
    readonly reads: Reads | null;
    readonly allowSecrets: boolean;
    readonly extra?: Iterable<readonly [string, Entry]>;
  },
): Environment {
  const { packageName, reads, allowSecrets } = options;
  const reader = { packageName, label: null, uniqueId: null, reads, parsing: false, allowSecrets };
  const entries = baseNames(services, reader);
  for (const [name, entry] of options.extra ?? []) entries.set(name, entry);
  const names = new ContextNames(services.registry, packageName, entries, reads);
  return names.attach(environmentOf(services, names, 'execute'));
}

export function environmentOf(
  services: ContextServices,
  names: ContextNames,
  undefinedPolicy: 'parse' | 'execute',
): Environment {
  const { limits } = services;
  if (undefinedPolicy === 'parse') return createEnvironment({ undefinedPolicy, names, limits });
  const told = new Set<string>();
  const onUndefinedOutput = (name: string, place: Span): void => {
    // Without a name it is an inline `if` without `else`, which is how templates leave something out.
    if (name === '') return;
    const key = `${name} ${place.file} ${place.start}`;
    if (told.has(key)) return;
    told.add(key);
    services.report(undefinedPrinted(name, place, names.keys()));
  };
  return createEnvironment({ undefinedPolicy, names, limits, onUndefinedOutput });
}
