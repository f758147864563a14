import type { Span } from '../../core/span.ts';
import type { VersionBound } from '../versions.ts';

/** What every entry of `packages:` has. */
interface Entry {
  /** Of the entry; null where it comes from the hub's data. */
  readonly span: Span | null;
  /** The names of the packages on the way to it: the root project's first, the one that has the entry last. */
  readonly wantedBy: readonly string[];
  /** The entry as dbt keeps it, with its defaults filled in: what the lock's `sha1_hash` is made of. */
  readonly hashed: Readonly<Record<string, unknown>>;
}

export interface HubSpec extends Entry {
  readonly kind: 'hub';
  /** `namespace/name` */
  readonly package: string;
  readonly bounds: readonly VersionBound[];
  readonly installPrerelease: boolean;
}

/** Texts may hold seals; see `sealed-text.ts`. */
export interface GitSpec extends Entry {
  readonly kind: 'git';
  readonly url: string;
  readonly unrenderedUrl: string;
  /** Tag, branch or whole commit; null for the remote's own default. */
  readonly revision: string | null;
  readonly warnUnpinned: boolean;
  readonly subdirectory: string | null;
}

export interface LocalSpec extends Entry {
  readonly kind: 'local';
  /** Relative to the root project, whoever names it. */
  readonly path: string;
}

export interface TarballSpec extends Entry {
  readonly kind: 'tarball';
  readonly url: string;
  readonly unrenderedUrl: string;
  /** Also the folder's name. */
  readonly name: string;
}

/** One entry of `packages:`, rendered and checked. */
export type PackageSpec = HubSpec | GitSpec | LocalSpec | TarballSpec;

/** What tells a package from others, wherever it comes from; a pin has it as its entry has. */
type Labelled =
  | Pick<HubSpec, 'kind' | 'package'>
  | Pick<GitSpec, 'kind' | 'url' | 'subdirectory'>
  | Pick<LocalSpec, 'kind' | 'path'>
  | Pick<TarballSpec, 'kind' | 'name'>;

/** How people and log lines call an entry or what it was pinned to: as dbt does. May hold seals. */
export function packageLabel(from: Labelled): string {
  switch (from.kind) {
    case 'hub':
      return from.package;
    case 'git':
      return from.subdirectory === null ? from.url : `${from.url}/${from.subdirectory}`;
    case 'local':
      return from.path;
    case 'tarball':
      return from.name;
  }
}
