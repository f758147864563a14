import { dispatch, dispatchOrder } from '../context/macro-registry.ts';
import type { ContextServices } from '../context/services.ts';
import type { RefArgs, UniqueId } from './node.ts';
import type { PlainRecord } from './record.ts';
import { templateText } from './test-arguments.ts';
import type { TestDefinition } from './test-definition.ts';

/** What a generic test is written on, as it depends on it. */
export type TestReference = { readonly ref: RefArgs } | { readonly source: readonly [string, string] };

/** What a test refers to and calls. */
export interface TestDependencies {
  readonly refs: RefArgs[];
  readonly sources: (readonly [string, string])[];
  readonly macros: UniqueId[];
}

/** Generic tests of ours that need no rendering for what they depend on. */
export interface PlainTests {
  /** Null where only rendering tells what a test depends on, of which `macro` is the macro. */
  dependencies(
    macro: UniqueId,
    definition: TestDefinition,
    reference: TestReference,
    packageName: string,
  ): TestDependencies | null;
}

/** Macros that render no argument, so that nothing that is written in a test matters. */
const unrendered: ReadonlySet<UniqueId> = new Set(['macro.dbt.test_unique', 'macro.dbt.test_not_null']);
/** Macros that only read their arguments. */
const reading = ['accepted_values', 'relationships'];
const plainRef = /^\s*ref\(\s*(['"])([^'"\\]+)\1\s*\)\s*$/;

/** `projectName` is that of the root project, which may override what our tests dispatch to. */
export function plainTests(services: ContextServices, projectName: string): PlainTests {
  const { registry } = services;
  const names = reading.filter(
    (name) =>
      isUntouched(services, projectName, `test_${name}`) &&
      isUntouched(services, projectName, 'get_where_subquery'),
  );
  const readable = new Set(names.map((name) => `macro.dbt.test_${name}`));
  return {
    dependencies: (macro, definition, reference, packageName) => {
      if (unrendered.has(macro)) return dependencies(reference, [], [macro]);
      if (!readable.has(macro) || !isPlain(definition.config)) return null;
      const subquery = registry.resolve('get_where_subquery', packageName);
      if (subquery?.packageName !== 'dbt') return null;
      const refs = argumentRefs(definition.args);
      return refs === null ? null : dependencies(written(reference), refs, [macro, subquery.uniqueId]);
    },
  };
}

/** Whether rendering the test would find its configuration in its text a second time, as dbt does. */
export const rendersConfig = (macro: UniqueId | undefined): boolean =>
  macro === undefined || !unrendered.has(macro);

function dependencies(
  reference: TestReference,
  refs: readonly RefArgs[],
  macros: UniqueId[],
): TestDependencies {
  return 'ref' in reference
    ? { refs: [...refs, reference.ref], sources: [], macros }
    : { refs: [...refs], sources: [reference.source], macros };
}

/** As rendering would find it in dbt's text of the call, where a version is in quotes. */
function written(reference: TestReference): TestReference {
  if (!('ref' in reference) || reference.ref.version === null) return reference;
  return { ref: { ...reference.ref, version: String(reference.ref.version) } };
}

/** The nodes that arguments name, in their order; null where an argument is a template, or may be one. */
function argumentRefs(args: PlainRecord): readonly RefArgs[] | null {
  const refs: RefArgs[] = [];
  for (const key of Object.keys(args)) {
    // What the test is written on comes last among its arguments.
    if (key === 'column_name' || key === 'model') continue;
    const value = args[key];
    const target = typeof value === 'string' ? plainRef.exec(value)?.[2] : undefined;
    if (target !== undefined) refs.push({ name: target, package: null, version: null });
    else if (typeof value === 'string' ? templateText(value) !== null : !isPlain(value)) return null;
  }
  return refs;
}

/** Whether the dispatch of one of our macros ends at our own default. */
function isUntouched(services: ContextServices, projectName: string, name: string): boolean {
  const { registry, facts } = services;
  const order = dispatchOrder(registry, 'dbt', services.dispatchOrders);
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  const found = dispatch(registry, name, order, prefixes, projectName);
  return 'macro' in found && found.macro.packageName === 'dbt';
}

/** Data without a text that is a template or has an escape, which rendering would read. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === 'string') return templateText(value) === null && !value.includes('\\');
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value as PlainRecord).every(isPlain);
}
