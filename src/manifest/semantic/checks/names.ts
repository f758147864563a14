import { granularities } from '../choices.ts';
import type { ParsedSemanticModel } from '../semantic-models.ts';
import { type CheckedLayer, type Issue, mistake } from './issue.ts';

const pattern = /^[a-z](?:(?!__)[a-z0-9_])*[a-z0-9]$/;
const reserved: Readonly<Record<string, string>> = {
  metric_time: 'it stands for the time of every metric',
  mf_internal_uuid: 'MetricFlow uses it for a column of its own',
};

/** Why a name cannot be used in a query of metrics. */
export function nameProblems(name: string): readonly string[] {
  const problems: string[] = [];
  if (!pattern.test(name)) {
    problems.push(
      `Invalid name \`${name}\`: it has two or more lower case letters, digits and single underscores, begins with a ` +
        'letter and does not end with an underscore',
    );
  }
  if ((granularities as readonly string[]).includes(name.toLowerCase())) {
    problems.push(`Invalid name \`${name}\`: it is a granularity of time`);
  }
  const reason = reserved[name.toLowerCase()];
  if (reason !== undefined) problems.push(`Invalid name \`${name}\`: ${reason}`);
  return problems;
}

/** Names of resources and elements can be used in queries. */
export function* validNames({ metrics, semanticModels, savedQueries }: CheckedLayer): Generator<Issue> {
  for (const resource of [...semanticModels, ...metrics, ...savedQueries]) {
    for (const problem of nameProblems(resource.node.name)) yield mistake(resource, problem);
  }
  for (const model of semanticModels) {
    for (const { name } of elementsOf(model)) {
      for (const problem of nameProblems(name)) yield mistake(model, problem);
    }
  }
}

function elementsOf({
  node,
}: ParsedSemanticModel): readonly { readonly name: string; readonly kind: string }[] {
  return [
    ...node.measures.map(({ name }) => ({ name, kind: 'measure' })),
    ...node.entities.map(({ name }) => ({ name, kind: 'entity' })),
    ...node.dimensions.map(({ name }) => ({ name, kind: 'dimension' })),
  ];
}

/** Within a semantic model a name is used once. */
export function* uniqueElements({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    const kinds = new Map<string, string>();
    for (const { name, kind } of elementsOf(model)) {
      const known = kinds.get(name);
      if (known === undefined) kinds.set(name, kind);
      else
        yield mistake(
          model,
          `In semantic model \`${model.node.name}\`, the name \`${name}\` of a ${kind} is already that of a ${known}`,
        );
    }
  }
}

const keywords: ReadonlySet<string> = new Set(
  (
    'and as create distinct for from full having in inner into is join left like natural not null on or right select ' +
    'union using where with'
  ).split(' '),
);

/** Elements become names in SQL that is written without quotes. */
export function* reservedWords({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    for (const { name, kind } of elementsOf(model)) {
      if (!keywords.has(name.toLowerCase())) continue;
      yield mistake(model, `'${name}' is an SQL reserved keyword and cannot be the name of a ${kind}`);
    }
  }
}

/** Across semantic models a name is always the same kind of element. */
export function* sameKind({ semanticModels }: CheckedLayer): Generator<Issue> {
  const kinds = new Map<string, string>();
  for (const model of semanticModels) {
    for (const { name, kind } of elementsOf(model)) {
      const known = kinds.get(name);
      if (known === undefined) kinds.set(name, kind);
      else if (known !== kind) {
        yield mistake(
          model,
          `The name \`${name}\` is a ${kind} in semantic model \`${model.node.name}\`, elsewhere a ${known}`,
        );
      }
    }
  }
}

/** Names of custom granularities stand beside all others. */
export function* customGranularities({
  metrics,
  semanticModels,
  timeSpines,
}: CheckedLayer): Generator<Issue> {
  const taken = new Map<string, string>();
  for (const model of semanticModels) for (const { name, kind } of elementsOf(model)) taken.set(name, kind);
  for (const { node } of metrics) taken.set(node.name, 'metric');
  for (const { node } of semanticModels) taken.set(node.name, 'semantic model');
  const seen = new Set<string>();
  for (const { customGranularities: names } of timeSpines) {
    for (const name of names) {
      for (const problem of nameProblems(name)) yield mistake(null, problem);
      const kind = taken.get(name);
      if (kind !== undefined)
        yield mistake(null, `The name \`${name}\` of a custom granularity is already that of a ${kind}`);
      if (seen.has(name)) yield mistake(null, `Two custom granularities are named \`${name}\``);
      seen.add(name);
    }
  }
}

/** Labels say what something is: none is used twice. */
export function* uniqueLabels({ metrics, semanticModels }: CheckedLayer): Generator<Issue> {
  for (const resources of [metrics, semanticModels]) {
    const labels = new Map<string, string>();
    for (const resource of resources) {
      const { label, name, resource_type: type } = resource.node;
      if (label === null) continue;
      const other = labels.get(label);
      if (other === undefined) labels.set(label, name);
      else
        yield mistake(
          resource,
          `The label \`${label}\` of ${type.replace('_', ' ')} \`${name}\` is already that of \`${other}\``,
        );
    }
  }
  for (const model of semanticModels) yield* elementLabels(model);
  yield* entityLabels(semanticModels);
}

function* elementLabels(model: ParsedSemanticModel): Generator<Issue> {
  const { dimensions, entities, measures, name } = model.node;
  for (const [kind, elements] of Object.entries({ dimensions, entities, measures })) {
    const seen = new Set<string>();
    for (const { label } of elements) {
      if (label === null) continue;
      if (seen.has(label))
        yield mistake(model, `In semantic model \`${name}\`, several ${kind} have the label \`${label}\``);
      seen.add(label);
    }
  }
}

function* entityLabels(semanticModels: CheckedLayer['semanticModels']): Generator<Issue> {
  const labels = new Map<string, string>();
  for (const model of semanticModels) {
    for (const { name, label } of model.node.entities) {
      if (label === null) continue;
      const other = labels.get(name);
      if (other === undefined) labels.set(name, label);
      else if (other !== label)
        yield mistake(model, `The entity \`${name}\` has the label \`${label}\`, elsewhere \`${other}\``);
    }
  }
}
