import type { FoundMaterialization } from '../../context/materialization.ts';
import { type Diagnostic, warning } from '../../core/diagnostic.ts';
import type { AnyNode } from '../../manifest/node.ts';

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
        data: { package_name: macro.packageName, materialization_name: name },
      }),
    );
}
