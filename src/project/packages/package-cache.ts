import { cp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';
import type { World } from '../../core/world.ts';
import { treeContent } from './tree-hash.ts';

/** Unpacked packages of earlier installations, by the sha256 of their content. Whole or absent; may be deleted. */
export interface PackageCache {
  /** Copies the content to a folder that does not exist yet; false where it is not there, or no longer what it was. */
  take(sha256: string, directory: string): Promise<boolean>;
  /** Keeps a copy of a folder. A cache that cannot be written is no reason to fail. */
  keep(sha256: string, directory: string): Promise<void>;
}

/** In `SLUICE_PACKAGE_CACHE`, or `sluice/packages` of the user's cache folder. */
export function packageCache(world: World): PackageCache {
  const { env, home } = world;
  const root =
    env.get('SLUICE_PACKAGE_CACHE') ||
    join(env.get('XDG_CACHE_HOME') || join(home, '.cache'), 'sluice/packages');
  return {
    take: async (sha256, directory) => {
      const kept = join(root, sha256);
      if (!(await exists(kept))) return false;
      await cp(kept, directory, { recursive: true, verbatimSymlinks: true });
      if ((await treeContent(directory)).sha256 === sha256) return true;
      await rm(directory, { recursive: true, force: true });
      await rm(kept, { recursive: true, force: true }).catch(() => {});
      return false;
    },
    keep: async (sha256, directory) => {
      const kept = join(root, sha256);
      if (await exists(kept)) return;
      const aside = `${kept}.${world.uuid()}`;
      try {
        makeFolder(root, 0o700);
        await cp(directory, aside, { recursive: true, verbatimSymlinks: true });
        await rename(aside, kept);
      } catch {
        await rm(aside, { recursive: true, force: true }).catch(() => {});
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
