import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import { version } from '../core/version.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import type { ProjectOptions } from './options.ts';
import { promotionOf } from './promotion.ts';

export interface DebugOptions extends ProjectOptions {
  /** The connection only, without the rest of the report. */
  readonly connection?: boolean;
  /** Only say where profiles are looked for. */
  readonly configDir?: boolean;
}

export interface DebugOutcome {
  readonly success: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks project, profile and connection, and says what was found. */
export function debug(options: DebugOptions, surroundings: Surroundings): Invocation<DebugOutcome> {
  return invoke('debug', surroundings, promotionOf(options), async (context) => {
    const say = (text: string): void => context.emit({ name: 'message', level: 'info', text });
    const checked = await attempt(() => openProject(context, options));
    if ('diagnostics' in checked) return failed(context, 'Project or profile', checked.diagnostics);
    const { project } = checked.value;
    if (options.configDir === true) {
      say(`Profiles are read from ${project.profilesDirectory}`);
      return { success: true, diagnostics: [] };
    }
    if (options.connection !== true) {
      say(`sluice version: ${version}`);
      say(`node version: ${process.version}`);
      say(`project: ${project.root.name} (${project.root.directory})`);
      say(`profile: ${describeProfile(checked.value)}`);
    }
    for (const [name, value] of connectionKeys(context, checked.value)) say(`  ${name}: ${value}`);
    const connected = await attempt(() => testConnection(context, checked.value));
    if ('diagnostics' in connected) return failed(context, 'Connection', connected.diagnostics);
    say('Connection: OK');
    say('All checks passed');
    return { success: true, diagnostics: [] };
  });
}

function describeProfile({ project }: OpenProject): string {
  if (project.embeddedProfile) return 'none is named: an embedded DuckDB file';
  return `${project.profileName}, target ${project.targetName}, adapter ${project.credentials.type}`;
}

/** What the adapter shows of its credentials; secrets never are among it. */
function connectionKeys(context: InvocationContext, { project }: OpenProject): [string, string][] {
  const { credentials } = project;
  const facts = context.adapters.get(credentials.type)?.facts;
  const shown = (facts?.credentials ?? []).filter((field) => field.inDebug && !field.secret);
  const fields = shown.map(({ name }): [string, unknown] => [name, credentials.fields[name] ?? null]);
  return [['database', credentials.database], ['schema', credentials.schema], ...fields]
    .filter(([name], index, all) => all.findIndex(([other]) => other === name) === index)
    .map(([name, value]) => [String(name), typeof value === 'string' ? value : JSON.stringify(value)]);
}

async function testConnection(context: InvocationContext, project: OpenProject): Promise<void> {
  const adapter = await openWarehouse(context, project, { readOnly: true });
  try {
    const session = await adapter.openSession('debug');
    try {
      await session.execute('select 1 as id', { signal: context.signal });
    } finally {
      await session.release();
    }
  } finally {
    await adapter.close();
  }
}

async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly diagnostics: readonly Diagnostic[] }> {
  try {
    return { value: await work() };
  } catch (caught) {
    if (caught instanceof DiagnosticError) return { diagnostics: caught.diagnostics };
    throw caught;
  }
}

function failed(context: InvocationContext, what: string, diagnostics: readonly Diagnostic[]): DebugOutcome {
  context.emit({ name: 'message', level: 'error', text: `${what}: FAILED` });
  for (const diagnostic of diagnostics) context.emit({ name: 'diagnostic', diagnostic });
  return { success: false, diagnostics };
}
