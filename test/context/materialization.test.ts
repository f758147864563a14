import { expect, test } from 'vitest';
import { createMacroRegistry, type MacroSource } from '../../src/context/macro-registry.ts';
import { findMaterialization } from '../../src/context/materialization.ts';

const source = (id: string): MacroSource => {
  const [packageName, name] = id.split('.') as [string, string];
  return {
    uniqueId: `macro.${id}`,
    name: `materialization_${name}`,
    packageName,
    file: 'm.sql',
    text: '',
    start: 0,
    end: 0,
    definition: () => {
      throw new Error('looked into');
    },
  };
};

/** The block found, `!` behind it where it overrides one of ours. */
function found(name: string, ids: readonly string[], packagesOverride: boolean): string | undefined {
  const registry = createMacroRegistry({
    rootPackage: 'shop',
    internalPackages: ['dbt', 'dbt_duckdb'],
    macros: ['dbt.view_default', 'dbt.table_default', 'dbt_duckdb.table_duckdb', ...ids].map(source),
  });
  const answer = findMaterialization(registry, name, ['duckdb', 'default'], packagesOverride);
  return answer && `${answer.macro.uniqueId.slice('macro.'.length)}${answer.overrides ? '!' : ''}`;
}

// Without and with the flag that lets packages override. The rule is that of dbt 1.11.
test.each([
  ['view', [], 'dbt.view_default', 'dbt.view_default'],
  ['view', ['tools.view_default'], 'dbt.view_default', 'tools.view_default!'],
  ['view', ['tools.view_duckdb'], 'dbt.view_default', 'tools.view_duckdb!'],
  ['view', ['tools.view_default', 'shop.view_default'], 'shop.view_default', 'shop.view_default'],
  ['view', ['tools.view_duckdb', 'shop.view_default'], 'shop.view_default', 'tools.view_duckdb!'],
  ['table', ['shop.table_default'], 'dbt_duckdb.table_duckdb', 'dbt_duckdb.table_duckdb'],
  ['table', ['shop.table_duckdb'], 'shop.table_duckdb', 'shop.table_duckdb'],
  ['own', ['tools.own_default'], 'tools.own_default', 'tools.own_default'],
  ['own', ['tools.own_postgres'], undefined, undefined],
])('%s among %j', (name, ids, explicit, legacy) => {
  expect([found(name, ids, false), found(name, ids, true)]).toEqual([explicit, legacy]);
});
