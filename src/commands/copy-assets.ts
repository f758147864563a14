import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.ts';
import { insideOf } from '../core/inside-of.ts';
import { isSystemError } from '../core/system-error.ts';
import { cannotWrite } from './errors.ts';
import type { OpenProject } from './open-project.ts';

/**
 * Puts the folders that descriptions show pictures of beside the page, in the place of what lay there. Nothing is done
 * where that would be the folder itself, or around it, or in it. Throws `cannot-write`.
 */
export function copyAssets({ root, targetDirectory }: OpenProject['project']): void {
  for (const folder of root.settings.assetPaths) {
    const from = join(root.directory, folder);
    const to = join(targetDirectory, folder);
    const isBeside = insideOf(targetDirectory)(to) && !insideOf(to)(targetDirectory);
    if (!isBeside || insideOf(to)(from) || insideOf(from)(to)) continue;
    try {
      rmSync(to, { recursive: true, force: true });
      if (existsSync(from)) cpSync(from, to, { recursive: true });
    } catch (caught) {
      if (!isSystemError(caught)) throw caught;
      throw new DiagnosticError(cannotWrite(to, caught.message), { cause: caught });
    }
  }
}
