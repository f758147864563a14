import type { Adapter } from '../adapter/adapter.ts';
import { WarehouseError } from '../adapter/failure.ts';
import { DiagnosticError, error } from '../core/diagnostic.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenProject } from './open-project.ts';

/** Loads the driver and opens the warehouse; a failure names the profile and what to do. */
export async function openWarehouse(
  context: InvocationContext,
  { project }: OpenProject,
  options: { readonly readOnly: boolean },
): Promise<Adapter> {
  const entry = context.adapters.get(project.credentials.type);
  if (entry === undefined) throw new Error(`no adapter '${project.credentials.type}'`);
  try {
    const { connect } = await entry.load();
    return await connect({
      credentials: project.credentials,
      invocationId: context.invocationId,
      readOnly: options.readOnly,
    });
  } catch (caught) {
    if (!(caught instanceof WarehouseError)) throw caught;
    const { failure } = caught;
    const place = `profile '${project.profileName}', target '${project.targetName}'`;
    throw new DiagnosticError(
      error({
        code: `warehouse-${failure.kind}`,
        family: failure.kind === 'configuration' ? 'Runtime Error' : 'Database Error',
        message: [failure.message, failure.detail].filter(Boolean).join('\n  '),
        hint: [failure.hint, `(${place})`].filter(Boolean).join(' '),
      }),
      { cause: caught },
    );
  }
}
