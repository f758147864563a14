import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { insideOf } from '../core/inside-of.ts';

/** Where GitHub, GitLab and Jenkins have checked out the repository. */
const variables = ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR', 'WORKSPACE'] as const;

/** The repository that a folder belongs to: as the CI system says, else by its `.git`; else the folder itself. */
export function repositoryOf(folder: string, env: ReadonlyMap<string, string>): string {
  for (const name of variables) {
    const value = env.get(name) ?? '';
    if (value !== '' && insideOf(resolve(value))(folder)) return resolve(value);
  }
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}
