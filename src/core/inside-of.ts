import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** Whether a path, links followed, is a folder or lies in it. Neither need be there. */
export function insideOf(folder: string): (path: string) => boolean {
  const root = realPath(folder);
  return (path) => {
    const way = relative(root, realPath(path));
    return way !== '..' && !way.startsWith(`..${sep}`) && resolve(root, way) === realPath(path);
  };
}

/** Of what need not be there yet: its folder's, and the rest as it is; what a link leads to is followed there, too. */
export function realPath(path: string, steps = 0): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  if (folder === path || steps > mostSteps) return path;
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (isLink) return realPath(resolve(realPath(folder, steps + 1), readlinkSync(path)), steps + 1);
  return join(realPath(folder, steps + 1), basename(path));
}

const mostSteps = 200;
