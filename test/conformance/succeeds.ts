import { expect } from 'vitest';
import { type Ran, sluice, type TestProject } from '../rig.ts';

type Building = 'build' | 'run' | 'seed' | 'snapshot' | 'test' | 'retry';

/** Runs a command that must do all it was asked for, and say so. */
export async function succeeds<Name extends Building>(
  project: TestProject,
  command: Name,
  options: Parameters<typeof sluice<Name>>[2] = {},
): Promise<Ran<Name>> {
  const ran = await sluice(project, command, options);
  expect(ran.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  expect(ran.outcome?.success).toBe(true);
  return ran;
}
