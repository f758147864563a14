/** Bounds of an archive, each in the unit of its name; `entries` and `depth` are counts. */
export interface ArchiveLimits {
  readonly archiveBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
  readonly depth: number;
  readonly pathBytes: number;
}

/** What an archive holds, after every entry of it was found to be harmless. */
export interface ArchiveListing {
  /** The one folder that everything is in. */
  readonly top: string;
  /** Paths below `top` of symbolic links, and where they lead, all within `top`. */
  readonly links: ReadonlyMap<string, string>;
}

/** The archive is not what a package's archive may be; the message completes "the archive ... ". */
export class ArchiveRefused extends Error {}

/** An entry's path without what means nothing: `./a/` is `a`. Not checked yet. */
export const entryPath = (path: string): string => path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');

type Kind = 'file' | 'folder' | 'link';

const kinds: Readonly<Record<string, Kind>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  SymbolicLink: 'link',
};

interface Place {
  readonly path: string;
  kind: Kind;
  /** Named by an entry of its own, and not only on the way to another. */
  own: boolean;
}

/** Takes the paths of an archive one by one, and refuses the archive at the first that is not harmless. */
export class PathTable {
  readonly #limits: ArchiveLimits;
  /** By the path as the least particular file system sees it. */
  readonly #places = new Map<string, Place>();
  readonly #links = new Map<string, string>();
  #entries = 0;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  add(path: string, type: string, target: string): void {
    const kind = kinds[type];
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) refuse(`has more than ${this.#limits.entries} entries`);
    if (kind === undefined) refuse(`has '${shown(path)}', which is ${article(type)}`);
    if (path === '' || path === '.') {
      if (kind === 'folder') return;
      refuse('has an entry without a name');
    }
    const parts = this.#partsOf(path);
    for (const [index] of parts.slice(1).entries()) {
      this.#enter(parts.slice(0, index + 1).join('/'), 'folder', false);
    }
    this.#enter(path, kind, true);
    if (kind === 'link') this.#links.set(path, target);
  }

  /** After the last one. */
  listing(): ArchiveListing {
    const tops = [...this.#places.values()].filter(({ path }) => !path.includes('/'));
    const [top] = tops;
    if (top === undefined) return refuse('is empty');
    if (tops.length > 1 || top.kind !== 'folder')
      return refuse('does not hold one folder with the package in it');
    const links = [...this.#links].map(([path, target]): [string, string] => {
      this.#checkLink(path, target);
      return [path.slice(top.path.length + 1), target];
    });
    return { top: top.path, links: new Map(links) };
  }

  #partsOf(path: string): readonly string[] {
    const { depth, pathBytes } = this.#limits;
    if (Buffer.byteLength(path) > pathBytes) refuse(`has a path of more than ${pathBytes} bytes`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (/[\u0000-\u001f\u007f\\]/.test(path))
      refuse(`has '${shown(path)}', with characters that no name may have`);
    if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
      refuse(`has '${shown(path)}', which is no relative path`);
    const parts = path.split('/');
    if (parts.length > depth) refuse(`has folders ${depth} deep and deeper`);
    if (parts.some((part) => part === '' || part === '.' || part === '..')) {
      refuse(`has '${shown(path)}', which may lead out of its folder`);
    }
    return parts;
  }

  #enter(path: string, kind: Kind, own: boolean): void {
    const key = path.normalize('NFC').toLowerCase();
    const place = this.#places.get(key);
    if (place === undefined) {
      this.#places.set(key, { path, kind, own });
      return;
    }
    if (place.path !== path)
      refuse(`has '${shown(place.path)}' and '${shown(path)}', one file to some systems`);
    if (place.kind !== 'folder' || kind !== 'folder') refuse(`has '${shown(path)}' twice`);
    place.own ||= own;
  }

  /** A link may lead to a file or a folder of the archive; not over another link, and not to where it is itself. */
  #checkLink(path: string, target: string): void {
    const leaves = (): never =>
      refuse(`has '${shown(path)}', a link that leads out of its folder or to nothing`);
    if (target === '' || target.startsWith('/') || target.includes('\\')) leaves();
    const parts = path.split('/').slice(0, -1);
    for (const step of target.split('/')) {
      if (step === '.' || step === '') continue;
      if (step === '..') parts.pop();
      else parts.push(step);
      if (parts.length === 0 || this.#links.has(parts.join('/'))) leaves();
    }
    const goal = parts.join('/');
    const known = this.#places.get(goal.normalize('NFC').toLowerCase());
    if (known?.path !== goal || path.startsWith(`${goal}/`)) leaves();
  }
}

function refuse(what: string): never {
  throw new ArchiveRefused(what);
}

const shown = (path: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  (path.length > 200 ? `${path.slice(0, 200)}…` : path).replace(/[\u0000-\u001f\u007f]/g, '?');

function article(type: string): string {
  return type === 'Link' ? 'a hard link' : `no file but a ${type}`;
}
