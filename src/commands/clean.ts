import { rm, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { DiagnosticError, Diagnostics } from '../core/diagnostic.ts';
import { resourceFolders } from '../project/package-files.ts';
import type { ProjectSettings } from '../project/project.ts';
import { liveRuns } from '../run/journal/run-folders.ts';
import { cleanOutsideProject, cleanSourcePath, oldPackagesFolder, runIsLive } from './errors.ts';
import { type Invocation, invoke, type Surroundings } from './invocation.ts';
import { openSettings } from './list-project.ts';
import type { ProjectOptions } from './options.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface CleanOptions extends ProjectOptions {
  /** Refuse targets outside of the project; true unless given. */
  readonly cleanProjectFilesOnly?: boolean;
}

export interface CleanOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  /** Folders that were removed, absolute. */
  readonly removed: readonly string[];
}

/** Deletes the project's `clean-targets`: all of them, or, when one may not be deleted, none. */
export function clean(options: CleanOptions, surroundings: Surroundings): Invocation<CleanOutcome> {
  return invoke('clean', surroundings, treatmentOf(options), { removed: [] }, async (context) => {
    const { directory, settings } = openSettings(context, options);
    const targets = [...new Set(settings.cleanTargets.map((target) => resolve(directory, target)))];
    check(directory, settings, targets, options.cleanProjectFilesOnly !== false);
    const { cleanTargets, packagesInstallPath } = settings;
    if (cleanTargets.includes('dbt_modules') && !cleanTargets.includes(packagesInstallPath)) {
      context.report(oldPackagesFolder(packagesInstallPath));
    }
    const targetDirectory = resolve(directory, options.targetPath ?? settings.targetPath);
    const live = await liveRuns(join(targetDirectory, 'runs'));
    if (live.length > 0) throw new DiagnosticError(runIsLive(relative(directory, targetDirectory)));
    const removed: string[] = [];
    for (const target of targets) {
      const exists = await stat(target).then(
        () => true,
        () => false,
      );
      await rm(target, { recursive: true, force: true });
      if (exists) removed.push(target);
      context.emit({ name: 'folder-cleaned', path: target });
    }
    context.emit({ name: 'folders-cleaned' });
    return { success: true, interrupted: false, removed };
  });
}

function check(
  directory: string,
  settings: ProjectSettings,
  targets: readonly string[],
  insideOnly: boolean,
): void {
  const found = new Diagnostics();
  const sources = resourceFolders(settings).map((path) => resolve(directory, path));
  for (const target of targets) {
    const contains = (path: string): boolean => path === target || path.startsWith(target + sep);
    if (contains(directory) || sources.some(contains))
      found.add(cleanSourcePath(relative(directory, target) || '.'));
    else if (insideOnly && !target.startsWith(directory + sep)) found.add(cleanOutsideProject(target));
  }
  found.throwIfErrors();
}
