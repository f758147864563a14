import type { AdapterFacts } from '../adapter/facts.ts';
import { createMacroRegistry } from '../context/macro-registry.ts';
import { yamlEnvironment } from '../context/parse-names.ts';
import { fromPlain, toPlain } from '../context/plain.ts';
import type { ContextServices } from '../context/services.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { defaultLimits } from '../jinja/budget.ts';
import { toDiagnostic } from '../jinja/errors.ts';
import { renderNative } from '../jinja/native.ts';
import { parseTemplate } from '../jinja/template.ts';
import type { Value } from '../jinja/values.ts';
import type { ListedProject, RenderScope } from '../project/load-project.ts';
import type { RenderYamlValue } from '../project/render-tree.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';

/** What the invocation's templates share, macros aside. */
export function contextServices(
  context: InvocationContext,
  options: ProjectOptions,
  project: Pick<
    ListedProject,
    'credentials' | 'root' | 'packages' | 'cliVars' | 'profileName' | 'targetName'
  >,
): Omit<ContextServices, 'registry'> {
  const { credentials, root, packages } = project;
  return {
    ...common(context, root.name, factsOf(context, credentials.type)),
    projects: new Map(
      [root, ...packages].map((one) => [
        one.name,
        { version: one.settings.version, directory: one.directory, testPaths: one.settings.testPaths },
      ]),
    ),
    target: targetOf(project),
    variables: {
      cli: project.cliVars,
      rootPackage: root.name,
      projects: new Map([root, ...packages].map((one) => [one.name, one.settings.vars])),
    },
    flags: flagsOf(context.args, root.settings.flags),
    invocationArgs: context.args as Readonly<Record<string, Value>>,
    dispatchOrders: new Map(root.settings.dispatch.map((one) => [one.macroNamespace, one.searchOrder])),
    limits: { ...defaultLimits, ...options.limits },
  };
}

/** Renders values of profiles and project files, where there are no macros yet. */
export function yamlRenderer(context: InvocationContext, scope: RenderScope): RenderYamlValue {
  const isProfile = scope.kind === 'profile';
  const type = isProfile ? null : scope.credentials.type;
  const facts = type === null ? [...context.adapters.values()][0]!.facts : factsOf(context, type);
  const services: ContextServices = {
    ...common(context, '', facts),
    projects: new Map(),
    target: isProfile ? {} : targetFields(scope.profileName, scope.targetName, scope.credentials),
    variables: { cli: scope.cliVars, rootPackage: '', projects: new Map() },
    flags: flagsOf(context.args, {}),
    invocationArgs: context.args as Readonly<Record<string, Value>>,
    dispatchOrders: new Map(),
    limits: defaultLimits,
    registry: createMacroRegistry({ rootPackage: '', internalPackages: [], macros: [] }),
  };
  const environment = yamlEnvironment(services, { packageName: '', reads: null, allowSecrets: isProfile });
  return (text, span) => {
    try {
      const template = parseTemplate({ path: span.file, text });
      return toPlain(renderNative(template, environment));
    } catch (thrown) {
      throw new DiagnosticError({ ...toDiagnostic(thrown), span }, { cause: thrown });
    }
  };
}

function common(context: InvocationContext, projectName: string, facts: AdapterFacts) {
  const { world, invocationId, secrets, emit, report, restriction } = context;
  const warnedOnce = new Set<string>();
  return { world, invocationId, secrets, emit, report, restriction, warnedOnce, projectName, facts };
}

function factsOf(context: InvocationContext, type: string): AdapterFacts {
  const entry = context.adapters.get(type);
  if (entry === undefined) throw new Error(`no adapter '${type}'`);
  return entry.facts;
}

function targetOf({
  profileName,
  targetName,
  credentials,
}: Pick<ListedProject, 'profileName' | 'targetName' | 'credentials'>): Readonly<Record<string, Value>> {
  return targetFields(profileName, targetName, credentials);
}

/** dbt's `target`, in its order: what the adapter shows of its credentials, then dbt's own fields. */
function targetFields(
  profileName: string,
  targetName: string,
  { type, threads, schema, database, target }: ListedProject['credentials'],
): Readonly<Record<string, Value>> {
  const shown = 'schema' in target ? target : { database, schema, ...target };
  return {
    ...Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, fromPlain(value)])),
    ...{ type, threads, schema, database },
    ...{ name: targetName, target_name: targetName, profile_name: profileName },
  };
}

/** `flags.X` of templates: the invocation's settings and the project's behaviour flags, in upper case. */
function flagsOf(
  args: Readonly<Record<string, unknown>>,
  project: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Value> {
  const out = new Map<string, Value>();
  for (const [name, value] of [...Object.entries(project), ...Object.entries(args)]) {
    out.set(name.toUpperCase(), fromPlain(value));
  }
  return out;
}
