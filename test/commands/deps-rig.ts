import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DepsOptions } from '../../src/index.ts';
import { type PackageServer, packageServer } from '../project/package-server.ts';
import { type Files, type Ran, sluice, type TestProject, testProject } from '../rig.ts';

export interface PackageTest {
  readonly project: TestProject;
  readonly server: PackageServer;
  readonly env: Readonly<Record<string, string>>;
  deps(options?: Partial<DepsOptions>, env?: Readonly<Record<string, string>>): Promise<Ran<'deps'>>;
  /** Files of the installed packages: `utils/dbt_project.yml`; links as `near -> folder`. */
  installed(): readonly string[];
}

/** A project with this packages.yml, and a hub for it. */
export async function packageTest(packages: string | null, files: Files = {}): Promise<PackageTest> {
  const server = await packageServer();
  const project = testProject({ 'packages.yml': packages?.replaceAll('URL/', server.url) ?? null, ...files });
  const env = {
    PATH: process.env['PATH'] ?? '',
    DBT_PACKAGE_HUB_URL: server.url,
    SLUICE_PACKAGE_CACHE: project.path('cache'),
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  return {
    project,
    server,
    env,
    deps: (options = {}, more = {}) => sluice(project, 'deps', { env: { ...env, ...more }, ...options }),
    installed: () => listing(project.path('dbt_packages')),
  };
}

/** Does not follow links. */
export function listing(directory: string, below = ''): readonly string[] {
  const folder = join(directory, below);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = below === '' ? name : `${below}/${name}`;
      const entry = lstatSync(join(directory, path));
      if (entry.isSymbolicLink()) return `${path} ->`;
      return entry.isDirectory() ? listing(directory, path) : path;
    });
}

export const hubEntry = (version: string, name = 'acme/utils'): string =>
  `packages:\n  - package: ${name}\n    version: ${version}\n`;

export const codes = (ran: Ran<'deps'>): readonly string[] => ran.diagnostics.map(({ code }) => code);

export const warned = (ran: Ran<'deps'>): readonly string[] =>
  ran.warnings.filter(({ severity }) => severity === 'warning').map(({ code }) => code);
