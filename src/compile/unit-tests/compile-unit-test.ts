import { type CommonTableExpression, injectCtes } from '../../adapter/ctes.ts';
import { raiseDiagnostic } from '../../context/errors.ts';
import { fromPlain } from '../../context/plain.ts';
import type { Restriction } from '../../core/restriction.ts';
import { render } from '../../jinja/driver.ts';
import { parseTemplate } from '../../jinja/template.ts';
import { callable, type Value } from '../../jinja/values.ts';
import type { CompilableNode, ModelNode, SessionNode, UnitTestNode } from '../../manifest/node.ts';
import type { CompiledNode } from '../compile-node.ts';
import type { NodeScope, ScopeOptions } from '../node-scope.ts';
import type { CompileServices } from '../services.ts';
import { inputMissing } from './errors.ts';
import { fixtureSql } from './fixture-sql.ts';
import type { Input } from './inputs.ts';
import type { TestPlaces } from './test-places.ts';

/** A unit test on its way: the inputs that the model has read so far, in the order of its text. */
export interface UnitTestScope {
  readonly test: UnitTestNode;
  readonly model: ModelNode;
  readonly inputs: readonly Input[];
  readonly read: Set<Input>;
  readonly places: TestPlaces;
}

/** The services under which the model of a test is compiled: with the test's variables and environment. */
export function overridden(services: CompileServices, { overrides }: UnitTestNode): CompileServices {
  if (overrides === null) return services;
  const { context } = services;
  const { variables, world, restriction } = context;
  const env = new Map(world.env);
  for (const [name, value] of Object.entries(overrides.env_vars)) env.set(name, String(value));
  // What the project itself says is no secret to it.
  const allowed = (before: Restriction): Restriction => ({
    ...before,
    allowedEnv: new Set([...before.allowedEnv, ...Object.keys(overrides.env_vars)]),
  });
  return {
    ...services,
    context: {
      ...context,
      variables: { ...variables, cli: { ...variables.cli, ...overrides.vars } },
      world: { ...world, env },
      ...(restriction ? { restriction: allowed(restriction) } : {}),
    },
  };
}

/** What the model's `ref`, `source` and `this` are: the rows of the test, and nothing else. */
export function readingFixtures(scope: UnitTestScope): Pick<ScopeOptions, 'read' | 'current'> {
  const { test, inputs, read, places } = scope;
  const current = inputs.find(({ isCurrent }) => isCurrent);
  if (current !== undefined) read.add(current);
  return {
    current: (current?.table ?? null) as Value,
    read: (target) => {
      const input = inputs.find((one) => !one.isCurrent && one.target.unique_id === target.unique_id);
      if (input === undefined) {
        const given = test.given.map((one) => one.input);
        return raiseDiagnostic(inputMissing(test, target, callOf(target), given, places.at(['given'])));
      }
      read.add(input);
      return input.table as unknown as Value;
    },
  };
}

function callOf(target: SessionNode): string {
  if (target.resource_type === 'source') return `source('${target.source_name}', '${target.name}')`;
  const version = target.resource_type === 'model' ? target.version : null;
  return `ref('${target.name}'${version === null ? '' : `, v=${version}`})`;
}

/** Puts the test's values in the place of macros, where they take any arguments, and of other names as they are. */
export function overrideMacros({ context: { names } }: NodeScope, { overrides }: UnitTestNode): void {
  for (const [name, given] of Object.entries(overrides?.macros ?? {})) {
    const value = fromPlain(given);
    const answer = callable(name, () => value);
    if (name.includes('.') || names.isMacro(name)) names.replaceMacro(name, answer);
    else names.put(name, value);
  }
}

/** The model's query over the rows of the test, which stand in front of it. Throws as `compileNode` does. */
export async function compileUnitTest(
  services: CompileServices,
  scope: NodeScope,
  { model, read }: UnitTestScope,
): Promise<CompiledNode> {
  const template = parseTemplate({ path: model.original_file_path, text: model.raw_code });
  const body = await scope.warehouse.compiling(() => render(template, scope.context.environment));
  const ctes: CommonTableExpression[] = [];
  for (const input of read) {
    const sql = await fixtureSql(services, input, scope.warehouse);
    ctes.push({ name: input.table.render(), sql });
  }
  const sql = injectCtes(body, ctes, services.context.facts.syntax);
  return { node: scope.node as CompilableNode, sql, macros: [...scope.reads.directMacros] };
}
