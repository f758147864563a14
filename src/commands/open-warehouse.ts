import type { Adapter } from '../adapter/adapter.ts';
import { type Failure, WarehouseError } from '../adapter/failure.ts';
import { type Diagnostic, DiagnosticError, error } from '../core/diagnostic.ts';
import type { Project } from '../project/project.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenProject } from './open-project.ts';

/** Loads the driver and opens the warehouse; a failure names the profile and what to do. */
export async function openWarehouse(
  context: InvocationContext,
  { project }: Pick<OpenProject, 'project'>,
  options: { readonly readOnly: boolean },
): Promise<Adapter> {
  const entry = context.adapters.get(project.credentials.type);
  if (entry === undefined) throw new Error(`no adapter '${project.credentials.type}'`);
  try {
    const { connect } = await entry.load();
    return await connect({
      credentials: project.credentials,
      invocationId: context.invocationId,
      restricted: context.restriction !== null,
      readOnly: options.readOnly,
      signal: context.signal,
    });
  } catch (caught) {
    if (!(caught instanceof WarehouseError)) throw caught;
    throw new DiagnosticError(connectionDiagnostic(caught.failure, project), { cause: caught });
  }
}

/** What keeps the warehouse from being reached; the hint says which output it is. */
export function connectionDiagnostic(
  failure: Failure,
  { profileName, targetName }: Pick<Project, 'profileName' | 'targetName'>,
): Diagnostic {
  return error({
    code: `warehouse-${failure.kind}`,
    family: 'Database Error',
    message:
      failure.kind === 'cancelled'
        ? 'interrupted while the connection was being made'
        : [failure.message, failure.detail].filter(Boolean).join('\n  '),
    hint: [failure.hint, `(profile '${profileName}', target '${targetName}')`].filter(Boolean).join(' '),
  });
}
