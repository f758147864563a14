import type { FoundMaterialization } from '../context/materialization.ts';
import { type Diagnostic, warning } from '../core/diagnostic.ts';
import type { AnyNode } from '../manifest/node.ts';

/** What dbt acts on and what has no effect here yet, one warning for each kind. */
export function unappliedConfigs(nodes: readonly AnyNode[]): readonly Diagnostic[] {
  const out: Diagnostic[] = [];
  const unitTests = nodes.filter((node) => node.resource_type === 'unit_test');
  if (unitTests.length > 0) {
    const count = unitTests.length === 1 ? 'one unit test is' : `${unitTests.length} unit tests are`;
    out.push(
      warning({
        code: 'unit-tests-not-run',
        message: `unit tests are not run yet: ${count} passed over`,
        hint: 'nothing is said about what they would find',
      }),
    );
  }
  return out;
}

/** Materializations of packages under names of ours that these nodes use, which dbt deprecates. */
export function overriddenMaterializations(
  nodes: readonly AnyNode[],
  custom: ReadonlyMap<string, FoundMaterialization>,
): readonly Diagnostic[] {
  const used = new Set(nodes.map(({ config }) => String(config['materialized'] ?? '')));
  return [...custom]
    .filter(([name, { overrides }]) => overrides && used.has(name))
    .map(([name, { macro }]) =>
      warning({
        code: 'package-materialization',
        message: `the package '${macro.packageName}' overrides the materialization '${name}'`,
        hint: `let a materialization of your project call it, and delete the flag require_explicit_package_overrides_for_builtin_materializations`,
        event: 'PackageMaterializationOverrideDeprecation',
      }),
    );
}
