import { expect } from 'vitest';
import { formatDiagnostic } from '../../src/index.ts';
import { type Files, sluice, type TestProject, testProject } from '../rig.ts';

/** A project of a table `numbers(n)` that is built, and these files. */
export async function macroProject(files: Files = {}): Promise<TestProject> {
  const project = testProject({
    'models/numbers.sql': "{{ config(materialized='table') }} select * from range(1, 4) as numbers(n)",
    ...files,
  });
  const { statuses } = await sluice(project, 'run', {});
  expect(Object.values(statuses)).not.toContain('error');
  return project;
}

/** What a template prints while it runs, white space as one blank; an error's message where it fails. */
export async function printed(project: TestProject, template: string): Promise<string> {
  const { outcome, diagnostics } = await sluice(project, 'compile', { inline: whileRunning(template) });
  if (diagnostics.length > 0) return diagnostics.map((one) => formatDiagnostic(one)).join('\n');
  return (outcome?.compiled[0]?.sql ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** Parsing answers questions to the warehouse with fixed values, which these templates cannot all take. */
const whileRunning = (template: string): string => `{% if execute %}${template}{% endif %}`;

/** All rows of a query that a template prints. */
export async function rowsOf(
  project: TestProject,
  template: string,
): Promise<readonly (readonly unknown[])[]> {
  const { outcome, diagnostics } = await sluice(project, 'show', { inline: template, limit: -1 });
  expect(diagnostics.map((one) => one.message)).toEqual([]);
  return outcome!.shown[0]!.rows;
}
