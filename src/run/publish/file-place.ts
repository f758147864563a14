import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isMissing } from '../../core/system-error.ts';
import { isLiveTag, processTag } from '../journal/live-process.ts';
import { keepCopy, linkTree, type Standing, standingAt, sync, syncFolder } from './file-moves.ts';

/** What a file's place may hold already, by the options of `copy`. */
export interface Overwriting {
  /** What is written is a folder. */
  readonly isFolder: boolean;
  /** What stands there makes way: as a whole, or file by file where the name is the same. */
  readonly replaces: 'all' | 'same' | 'nothing';
  /** The files of a folder stay beside the new ones. */
  readonly appends: boolean;
}

/** Why something cannot be written to its place. */
export type Obstacle = 'no-folder' | 'is-folder' | 'is-file' | 'not-empty';

/** Thrown before anything was changed. */
export class PlaceTaken extends Error {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle) {
    super(obstacle);
    this.obstacle = obstacle;
  }
}

/** The place of a file or folder that is written beside and then put there, and can be taken back until it is kept. */
export interface FilePlace {
  /** Where it is to be written. */
  readonly beside: string;
  /** Puts what was written in its place. Does nothing where nothing was written. */
  publish(): Promise<void>;
  /** Removes what stood there before. */
  keep(): Promise<void>;
  /** Puts back what stood there before; removes what was written and not published. */
  takeBack(): Promise<void>;
}

/** What is written in its place at once, such as an object of a store, which is whole or not there. */
export const directPlace = (location: string): FilePlace => ({
  beside: location,
  publish: async () => {},
  keep: async () => {},
  takeBack: async () => {},
});

/** Folders of places that this process is working on. */
const busy = new Set<string>();
let made = 0;

/**
 * Makes room beside the path, in a folder whose name nobody else uses: `new` is what is written, `old` is what stood at
 * the path, whole. What dead processes left there is removed, and what one of them had set aside for a moment put back.
 * Throws PlaceTaken and the system's refusals.
 */
export async function openPlace(path: string, overwriting: Overwriting): Promise<FilePlace> {
  // A link stays one: what it points to is replaced.
  const target = await realpath(path).catch((caught: unknown) => {
    if (isMissing(caught)) return path;
    throw caught;
  });
  if ((await standingAt(dirname(target))) !== 'folder') throw new PlaceTaken('no-folder');
  await sweep(target);
  const before = await standingAt(target);
  if (before === 'other') return directPlace(path);
  await refuseWhatStands(target, before, overwriting);
  made += 1;
  const room = join(dirname(target), `${prefixOf(target)}${await processTag()}_${made}`);
  const place = new Place(target, room, overwriting);
  busy.add(resolve(room));
  try {
    await mkdir(room);
    if (overwriting.appends && before === 'folder') await linkTree(target, place.beside);
  } catch (caught) {
    await place.takeBack();
    throw caught;
  }
  return place;
}

class Place implements FilePlace {
  readonly beside: string;
  readonly #target: string;
  readonly #room: string;
  readonly #overwriting: Overwriting;
  /** Set once the new one is in its place. */
  #before: Standing | null = null;

  constructor(target: string, room: string, overwriting: Overwriting) {
    this.#target = target;
    this.#room = room;
    this.#overwriting = overwriting;
    // The engine compresses by the name's end.
    this.beside = join(room, `new${/\.(gz|zst)$/i.exec(target)?.[0] ?? ''}`);
  }

  async publish(): Promise<void> {
    const written = await standingAt(this.beside);
    if (written === 'nothing') return;
    const before = await standingAt(this.#target);
    await refuseWhatStands(this.#target, before, { ...this.#overwriting, isFolder: written === 'folder' });
    if (before === 'folder' && this.#overwriting.replaces === 'same')
      await linkTree(this.#target, this.beside);
    await sync(this.beside);
    if (before === 'file' && written === 'file') await keepCopy(this.#target, this.#old);
    else if (before !== 'nothing') await rename(this.#target, this.#old);
    try {
      await rename(this.beside, this.#target);
    } catch (caught) {
      if (before !== 'nothing') await rename(this.#old, this.#target);
      throw caught;
    }
    this.#before = before;
    await syncFolder(dirname(this.#target));
  }

  async keep(): Promise<void> {
    this.#before = null;
    // A later process finds it, if it stays.
    await this.#leave().catch(() => {});
  }

  async takeBack(): Promise<void> {
    const before = this.#before;
    this.#before = null;
    if (before !== null) {
      // A file takes the place of another in one go, which a folder cannot.
      const isFile = before === 'file' && (await standingAt(this.#target)) === 'file';
      if (!isFile) await rename(this.#target, this.#gone);
      if (before !== 'nothing') await rename(this.#old, this.#target);
    }
    await this.#leave().catch(() => {});
  }

  get #old(): string {
    return join(this.#room, 'old');
  }

  get #gone(): string {
    return join(this.#room, 'gone');
  }

  /** Half of an old folder must not look like the whole, so it gets another name first. */
  async #leave(): Promise<void> {
    try {
      if ((await standingAt(this.#old)) !== 'nothing') await rename(this.#old, this.#gone);
      await rm(this.#room, { recursive: true, force: true });
    } finally {
      busy.delete(resolve(this.#room));
    }
  }
}

async function refuseWhatStands(
  target: string,
  before: Standing,
  { isFolder, replaces, appends }: Overwriting,
): Promise<void> {
  if (before === 'folder' && !isFolder) throw new PlaceTaken('is-folder');
  if (before === 'file' && isFolder && replaces === 'nothing') throw new PlaceTaken('is-file');
  if (before !== 'folder' || replaces !== 'nothing' || appends) return;
  if ((await readdir(target)).length > 0) throw new PlaceTaken('not-empty');
}

/** What the folders beside a target begin with, so that each process finds those of all. */
function prefixOf(target: string): string {
  const name = basename(target);
  const isLong = Buffer.byteLength(name) > 180;
  return `.${isLong ? createHash('sha256').update(name).digest('hex') : name}.sluice_`;
}

async function sweep(target: string): Promise<void> {
  const prefix = prefixOf(target);
  for (const name of await readdir(dirname(target))) {
    const tag = name.startsWith(prefix)
      ? /^([0-9]+_[0-9a-f]+)_[0-9]+$/.exec(name.slice(prefix.length))
      : null;
    const room = join(dirname(target), name);
    if (tag === null || busy.has(resolve(room))) continue;
    const isOurs = tag[1] === (await processTag());
    if (!isOurs && (await isLiveTag(tag[1]!))) continue;
    const old = join(room, 'old');
    // It died after it had moved the old one away, and before the new one was there.
    if ((await standingAt(target)) === 'nothing' && (await standingAt(old)) !== 'nothing')
      await rename(old, target);
    await rm(room, { recursive: true, force: true });
  }
}
