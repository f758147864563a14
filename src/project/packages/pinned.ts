import type { Span } from '../../core/span.ts';
import type { Wish } from './errors.ts';

interface Pin {
  /** The project's name, and its folder's among the installed packages. */
  readonly name: string;
  readonly span: Span | null;
  /** Who wants it, for errors. */
  readonly wishes: readonly Wish[];
}

export interface HubPin extends Pin {
  readonly kind: 'hub';
  readonly package: string;
  readonly version: string;
  /** The newest version that could be had; null offline. */
  readonly latest: string | null;
  /** Null offline. */
  readonly tarballUrl: string | null;
}

export interface GitPin extends Pin {
  readonly kind: 'git';
  readonly url: string;
  readonly unrenderedUrl: string;
  readonly commit: string;
  /** The tag that was asked for; null for branches and commits. */
  readonly tag: string | null;
  readonly subdirectory: string | null;
}

export interface LocalPin extends Pin {
  readonly kind: 'local';
  readonly path: string;
  /** Absolute. */
  readonly directory: string;
}

export interface TarballPin extends Pin {
  readonly kind: 'tarball';
  readonly url: string;
  readonly unrenderedUrl: string;
}

/** One package at one version, as a lock names it. */
export type PinnedPackage = HubPin | GitPin | LocalPin | TarballPin;

/** What "Installed from" says. May hold seals. */
export function pinOrigin(pin: PinnedPackage): string {
  switch (pin.kind) {
    case 'hub':
      return `version ${pin.version}`;
    case 'git':
      return `revision ${pin.commit}`;
    case 'local':
      return `<local @ ${pin.path}>`;
    case 'tarball':
      return `tarball (url: ${pin.url})`;
  }
}

/** The pin as locks write it: URLs as they were written, before their templates were rendered. */
export function pinEntry(pin: PinnedPackage, scrub: (text: string) => string): Record<string, string> {
  switch (pin.kind) {
    case 'hub':
      return { name: pin.name, package: pin.package, version: pin.version };
    case 'git': {
      const entry = { git: scrub(pin.unrenderedUrl), name: pin.name, revision: pin.commit };
      return pin.subdirectory === null ? entry : { ...entry, subdirectory: pin.subdirectory };
    }
    case 'local':
      return { local: pin.path, name: pin.name };
    case 'tarball':
      return { name: pin.name, tarball: scrub(pin.unrenderedUrl) };
  }
}
