import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CredentialField } from '../adapter/facts.ts';
import { WarehouseError } from '../adapter/failure.ts';
import { fromPlain } from '../context/plain.ts';
import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import { Secret } from '../core/secret.ts';
import { version } from '../core/version.ts';
import { str } from '../jinja/text.ts';
import type { ListedProject } from '../project/load-project.ts';
import { profileReadable } from './errors.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { openProfile } from './list-project.ts';
import { connectionDiagnostic, openWarehouse } from './open-warehouse.ts';
import type { ProjectOptions } from './options.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface DebugOptions extends ProjectOptions {
  /** The connection only, without the rest of the report. */
  readonly connection?: boolean;
  /** Only say where profiles are looked for. */
  readonly configDir?: boolean;
}

export interface DebugOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is checked: resources are read by those who work with them. */
interface Checked {
  readonly project: ListedProject;
}

/** Checks the project's settings, profile and connection, and says what was found. */
export function debug(options: DebugOptions, surroundings: Surroundings): Invocation<DebugOutcome> {
  return invoke('debug', surroundings, treatmentOf(options), { diagnostics: [] }, async (context) => {
    const say = (text: string): void => context.emit({ name: 'message', level: 'info', text });
    const checked = await attempt(context, async () => ({ project: openProfile(context, options) }));
    if ('diagnostics' in checked) return failed(context, 'Project or profile', checked.diagnostics);
    const { project } = checked.value;
    context.emit({ name: 'adapter-registered', adapterType: project.credentials.type });
    if (options.configDir === true) {
      say(`Profiles are read from ${project.profilesDirectory}`);
      return { success: true, interrupted: false, diagnostics: [] };
    }
    if (options.connection !== true) {
      say(`sluice version: ${version}`);
      say(`node version: ${process.version}`);
      say(`project: ${project.root.name} (${project.root.directory})`);
      say(`profile: ${describeProfile(checked.value)}`);
    }
    const exposed = exposedProfile(context, checked.value);
    if (exposed !== null) context.report(profileReadable(exposed));
    for (const [name, value] of connectionKeys(context, checked.value)) say(`  ${name}: ${value}`);
    const connected = await attempt(context, () => testConnection(context, checked.value));
    if ('diagnostics' in connected) return failed(context, 'Connection', connected.diagnostics);
    say('Connection: OK');
    say('All checks passed');
    return { success: true, interrupted: false, diagnostics: [] };
  });
}

function describeProfile({ project }: Checked): string {
  if (project.embeddedProfile) return 'none is named: an embedded DuckDB file';
  return `${project.profileName}, target ${project.targetName}, adapter ${project.credentials.type}`;
}

/** The profile's file, where a secret stands in it as it is and others than its owner may read it. */
function exposedProfile(context: InvocationContext, { project }: Checked): string | null {
  const path = join(project.profilesDirectory, 'profiles.yml');
  const { type, fields } = project.credentials;
  if (project.embeddedProfile || process.platform === 'win32' || (statSync(path).mode & 0o077) === 0)
    return null;
  const bare = (text: string): string => text.replaceAll(/["'\s]/g, '');
  const text = bare(readFileSync(path, 'utf8'));
  const holds = ({ name, aliases }: CredentialField): boolean => {
    const value = fields[name];
    if (!(value instanceof Secret) || value.reveal() === '') return false;
    return [name, ...aliases].some((key) => text.includes(`${key}:${bare(value.reveal())}`));
  };
  return (context.adapters.get(type)?.facts.credentials ?? []).some(holds) ? path : null;
}

/** What dbt's adapter shows of its credentials, in its order and as Python prints it; secrets never are among it. */
function connectionKeys(context: InvocationContext, { project }: Checked): [string, string][] {
  const { type, database, schema, target, fields } = project.credentials;
  const facts = context.adapters.get(type)?.facts;
  const shown = (facts?.credentials ?? []).filter((field) => field.inDebug && !field.secret);
  const names = shown.map(({ name }) => name);
  const values: Readonly<Record<string, unknown>> = { ...fields, ...target, database, schema };
  return [...new Set(names.includes('schema') ? names : ['database', 'schema', ...names])].map((name) => [
    name,
    str(fromPlain(values[name])),
  ]);
}

async function testConnection(context: InvocationContext, project: Checked): Promise<void> {
  const adapter = await openWarehouse(context, project, { readOnly: true });
  try {
    const session = await adapter.openSession('debug');
    try {
      await session.execute('select 1 as id', { signal: context.signal });
    } finally {
      await session.release();
    }
  } catch (caught) {
    if (!(caught instanceof WarehouseError)) throw caught;
    const diagnostic = connectionDiagnostic(caught.failure, project.project);
    throw new DiagnosticError(diagnostic, { cause: caught });
  } finally {
    await adapter.close();
  }
}

async function attempt<T>(
  { signal }: InvocationContext,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly diagnostics: readonly Diagnostic[] }> {
  try {
    return { value: await work() };
  } catch (caught) {
    if (caught instanceof DiagnosticError && !signal.aborted) return { diagnostics: caught.diagnostics };
    throw caught;
  }
}

function failed(context: InvocationContext, what: string, diagnostics: readonly Diagnostic[]): DebugOutcome {
  context.emit({ name: 'message', level: 'error', text: `${what}: FAILED` });
  for (const diagnostic of diagnostics) context.emit({ name: 'diagnostic', diagnostic });
  return { success: false, interrupted: false, diagnostics };
}
