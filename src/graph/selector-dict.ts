import { criterionPattern, defaultMethod } from './selector-grammar.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * The definitions of `selectors.yml` in the form that the manifest publishes: criteria that are written as text are
 * mappings, a selector that is another one is that other's definition. Definitions that make no sense stay as they
 * are: they are refused when one is used.
 */
export function publishedSelectors(selectors: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const out = new Map<string, Mapping>();
  for (const [name, selector] of selectors) {
    const given = selector as Mapping;
    out.set(name, { ...given, definition: definitionOf(given['definition'], out) });
  }
  return out;
}

function definitionOf(definition: unknown, known: ReadonlyMap<string, Mapping>): unknown {
  if (typeof definition === 'string') return criterionDict(definition);
  if (!isMapping(definition)) return definition;
  for (const kind of ['union', 'intersection']) {
    const members = definition[kind];
    if (Array.isArray(members)) return { [kind]: members.map((member) => definitionOf(member, known)) };
  }
  const [[key, value] = ['', null], ...others] = Object.entries(definition);
  const inner = Array.isArray(value) ? value.map((member) => definitionOf(member, known)) : value;
  if (key === 'exclude') return { exclude: inner };
  if (others.length === 0) return { method: key, value: inner };
  if (key === 'method' && value === 'selector') {
    return known.get(String(definition['value']))?.['definition'] ?? definition;
  }
  return definition;
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of a criterion by dbt's names; depths are texts, parts that are empty left out. */
function criterionDict(spec: string): Mapping {
  const { at, parents, method, value = '', children } = criterionPattern.exec(spec)!.groups!;
  const depth = (operator: string | undefined): string => operator?.replace('+', '') ?? '';
  const parts: [string, unknown][] = [
    ['childrens_parents', at !== undefined],
    ['parents', parents !== undefined],
    ['parents_depth', depth(parents)],
    ['method', method ?? defaultMethod(value)],
    ['value', value],
    ['children', children !== undefined],
    ['children_depth', depth(children)],
  ];
  return Object.fromEntries(parts.filter(([, part]) => part !== '' && part !== false));
}
