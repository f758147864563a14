import { expect } from 'vitest';
import { type PostgresProject, postgresProject } from '../../postgres.ts';
import { type Files, sluice } from '../../rig.ts';

/** A project on the test server of a table `numbers(n)` that is built, and these files. */
export async function macroProject(files: Files = {}): Promise<PostgresProject> {
  const project = postgresProject({
    'models/numbers.sql':
      "{{ config(materialized='table') }} select n from generate_series(1, 3) as numbers(n)",
    ...files,
  });
  const { diagnostics } = await sluice(project, 'run', {});
  expect(diagnostics).toEqual([]);
  return project;
}
