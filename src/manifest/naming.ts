import { dispatch, dispatchOrder, type MacroSource } from '../context/macro-registry.ts';
import { type ParseCapture, parseEnvironment } from '../context/parse-names.ts';
import { toPlain } from '../context/plain.ts';
import type { Reads } from '../context/reads.ts';
import type { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import { valueSync } from '../jinja/driver.ts';
import type { Macro } from '../jinja/macro.ts';
import { str } from '../jinja/text.ts';
import type { Value } from '../jinja/values.ts';
import type { NodeDraft } from './node-store.ts';
import { entryOf } from './record.ts';

/** Works out where a node's relation is, through the macros that a project may override. */
export interface Naming {
  /** `custom` is the configured value, null where there is none. Throws what the macro throws. */
  database(custom: unknown, node: NodeDraft): string | null;
  schema(custom: unknown, node: NodeDraft): string | null;
  alias(custom: unknown, node: NodeDraft): string | null;
}

type Component = 'database' | 'schema' | 'alias';
type Rule = (custom: unknown, node: NodeDraft) => string | null;

/**
 * An installed package's nodes are named by that package's own macro where it has one, all others by the root
 * project's, else by ours. Ours are worked out here without rendering, where nothing overrides any part of them.
 */
export function createNaming(
  services: ContextServices,
  relations: RelationClass,
  readsOf: (node: NodeDraft) => Reads,
): Naming {
  const by = (component: Component): Rule => {
    const rules = new Map<string, Rule>();
    const ruleFor = (packageName: string): Rule =>
      entryOf(rules, packageName, () => makeRule({ services, relations, readsOf }, component, packageName));
    return (custom, node) => ruleFor(node.package_name)(custom, node);
  };
  return { database: by('database'), schema: by('schema'), alias: by('alias') };
}

interface NamingParts {
  readonly services: ContextServices;
  readonly relations: RelationClass;
  readonly readsOf: (node: NodeDraft) => Reads;
}

function makeRule(parts: NamingParts, component: Component, packageName: string): Rule {
  const { services } = parts;
  const { registry } = services;
  const name = `generate_${component}_name`;
  const foreign = packageName === services.projectName ? undefined : registry.inPackage(packageName, name);
  const macro = foreign ?? registry.inPackage(services.projectName, name) ?? registry.inPackage('dbt', name);
  if (macro === undefined || (isOurs(services, macro) && defaultIsOurs(services, name))) {
    return builtIn(services, component);
  }
  return (custom, node) => callMacro(parts, macro, custom, node);
}

const isOurs = ({ registry }: ContextServices, macro: MacroSource): boolean =>
  registry.isInternal(macro.packageName);

/** Whether the dispatch inside our macro ends at our default. */
function defaultIsOurs(services: ContextServices, name: string): boolean {
  const { registry, facts, projectName } = services;
  const order = dispatchOrder(registry, 'dbt', services.dispatchOrders);
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  const found = dispatch(registry, name, order, prefixes, projectName);
  return !('macro' in found) || (isOurs(services, found.macro) && found.macro.name === `default__${name}`);
}

function builtIn({ target }: ContextServices, component: Component): Rule {
  const given = (custom: unknown): string | null => (custom === null ? null : str(custom as Value).trim());
  const fallback = (name: string): string | null => {
    const value = target[name];
    return value === null || value === undefined ? null : str(value);
  };
  switch (component) {
    case 'database':
      return (custom) => given(custom) ?? fallback('database');
    case 'schema':
      return (custom) => {
        const schema = given(custom);
        return schema === null ? fallback('schema') : `${fallback('schema')}_${schema}`;
      };
    case 'alias':
      return (custom, node) => {
        if (custom !== null && custom !== '') return given(custom);
        const version = node.resource_type === 'model' ? node.version : null;
        return version === null ? node.name : `${node.name}_v${String(version).replaceAll('.', '_')}`;
      };
  }
}

function callMacro(
  { services, relations, readsOf }: NamingParts,
  macro: MacroSource,
  custom: unknown,
  node: NodeDraft,
): string | null {
  const environment = parseEnvironment(services, {
    subject: {
      packageName: macro.packageName,
      label: `macro '${macro.name}' naming ${node.resource_type} '${node.name}'`,
      uniqueId: node.unique_id,
      database: node.database,
      schema: node.schema,
      model: () => node as unknown as Value,
      relation: () => null,
    },
    capture: ignoringCapture,
    reads: readsOf(node),
    relations,
    needsVariables: true,
  });
  const callee = environment.lookup(macro.name) as Macro;
  const value = toPlain(valueSync(callee.call([custom as Value, node as unknown as Value], null)));
  return value === null ? null : str(value as Value).trim();
}

const ignoringCapture: ParseCapture = {
  ref: () => {},
  source: () => {},
  metric: () => {},
  function: () => {},
  config: () => {},
};
