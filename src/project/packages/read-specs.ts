import type { Diagnostics } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { PyFloat } from '../../jinja/values.ts';
import { parseVersionBound, type VersionBound } from '../versions.ts';
import { isMapping, mappingEntries, recordOf } from '../yaml/mapping.ts';
import {
  packageEntryInvalid,
  packageKeyMissing,
  packageKeyType,
  packageKeyUnknown,
  packageNamespaceMissing,
  packageVersionInvalid,
  privatePackage,
} from './errors.ts';
import type { GitSpec, HubSpec, LocalSpec, PackageSpec, TarballSpec } from './spec.ts';

/** Entries of `packages:` of one file, and how errors speak of them. */
export interface SpecSource {
  /** Rendered, and as written; of equal length. */
  readonly entries: readonly unknown[];
  readonly unrendered: readonly unknown[];
  /** The file, or the package where there is none: `packages.yml`, `the hub's data of acme/utils`. */
  readonly file: string;
  /** Where an entry or a value of it stands; null where there is no file. */
  readonly place: ((...path: (string | number)[]) => Span) | null;
  readonly wantedBy: readonly string[];
  /** Opens seals. Only URLs keep theirs: nothing else is written to a lock as its template. */
  readonly reveal: (text: string) => string;
}

type Data = Readonly<Record<string, unknown>>;

const kinds = ['package', 'git', 'local', 'tarball', 'private'] as const;
type Kind = (typeof kinds)[number];

const gitKeys = ['revision', 'warn-unpinned', 'subdirectory', 'name'];
const keysOf: Readonly<Record<Kind, readonly string[]>> = {
  package: ['package', 'version', 'install_prerelease', 'install-prerelease', 'name'],
  git: ['git', ...gitKeys],
  local: ['local', 'name'],
  tarball: ['tarball', 'name'],
  private: ['private', 'provider', ...gitKeys],
};

/** Checks entries and makes specs of them; mistakes are told, and leave their entry out. */
export function readSpecs(source: SpecSource, found: Diagnostics): readonly PackageSpec[] {
  return source.entries.flatMap((entry, index) => {
    const written = source.unrendered[index];
    if (!isMapping(entry) || !isMapping(written)) {
      found.add(packageEntryInvalid(source.place?.(index) ?? null, source.file, kinds));
      return [];
    }
    const data = Object.fromEntries(
      Object.entries(recordOf(entry)).map(([key, value]) => [key, opened(key, value, source.reveal)]),
    );
    return new EntryReader(source, index, data, recordOf(written), found).read() ?? [];
  });
}

function opened(key: string, value: unknown, reveal: (text: string) => string): unknown {
  if (key === 'git' || key === 'tarball') return value;
  if (Array.isArray(value)) return value.map((item: unknown) => opened(key, item, reveal));
  return typeof value === 'string' ? reveal(value) : value;
}

class EntryReader {
  readonly #source: SpecSource;
  readonly #index: number;
  readonly #data: Data;
  readonly #written: Data;
  readonly #found: Diagnostics;
  #sound = true;

  constructor(source: SpecSource, index: number, data: Data, written: Data, found: Diagnostics) {
    this.#source = source;
    this.#index = index;
    this.#data = data;
    this.#written = written;
    this.#found = found;
  }

  read(): PackageSpec | null {
    const { file } = this.#source;
    const [kind, ...more] = kinds.filter((key) => Object.hasOwn(this.#data, key));
    if (kind === undefined || more.length > 0) {
      const keys = kind === undefined ? Object.keys(this.#data) : [];
      this.#found.add(packageEntryInvalid(this.#place(), file, kinds, keys));
      return null;
    }
    for (const key of Object.keys(this.#data)) {
      if (keysOf[kind].includes(key)) continue;
      this.#refuse(packageKeyUnknown(this.#place(key), file, kind, key, keysOf[kind]));
    }
    const text = this.#text(kind, true);
    this.#text('name', kind === 'tarball');
    const spec = text === null ? null : this.#specOf(kind, text);
    return this.#sound ? spec : null;
  }

  #specOf(kind: Kind, text: string): PackageSpec | null {
    switch (kind) {
      case 'package':
        return this.#hub(text);
      case 'git':
        return this.#git(text);
      case 'local':
        return { kind: 'local', path: text, ...this.#common({ local: text }) } satisfies LocalSpec;
      case 'tarball': {
        const unrenderedUrl = this.#unrendered('tarball', text);
        const common = this.#common({ tarball: text });
        const name = String(this.#data['name']);
        return { kind: 'tarball', url: text, unrenderedUrl, name, ...common } satisfies TarballSpec;
      }
      case 'private':
        this.#refuse(privatePackage(this.#place(kind), text));
        return null;
    }
  }

  #hub(name: string): HubSpec {
    if (!/^[\w.-]+\/[\w.-]+$/.test(name)) this.#refuse(packageNamespaceMissing(this.#place('package'), name));
    const hyphened = Object.hasOwn(this.#data, 'install-prerelease');
    const prerelease = this.#truth(hyphened ? 'install-prerelease' : 'install_prerelease');
    return {
      kind: 'hub',
      package: name,
      bounds: this.#bounds(name),
      installPrerelease: prerelease ?? false,
      ...this.#common({
        package: name,
        version: this.#data['version'] ?? null,
        install_prerelease: prerelease === undefined ? false : prerelease,
      }),
    };
  }

  #bounds(name: string): readonly VersionBound[] {
    const { version } = this.#data;
    const { file } = this.#source;
    const texts = (Array.isArray(version) ? version : [version ?? '']).map(versionText);
    if (texts.length === 0 || texts[0] === '') {
      this.#refuse(packageKeyMissing(this.#place(), file, name, 'version'));
      return [];
    }
    return texts.flatMap((text) => {
      // dbt takes no blanks in it.
      const bound = text === null || text.trim() !== text ? null : parseVersionBound(text);
      if (bound === null) this.#refuse(packageVersionInvalid(this.#place('version'), name, text));
      return bound ?? [];
    });
  }

  #git(url: string): GitSpec {
    const { revision } = this.#data;
    const text = revision === undefined || revision === null ? null : versionText(revision);
    if (revision !== undefined && revision !== null && text === null) this.#wrongType('revision', 'a text');
    const subdirectory = this.#text('subdirectory', false);
    const warnUnpinned = this.#truth('warn-unpinned') ?? null;
    return {
      kind: 'git',
      url,
      unrenderedUrl: this.#unrendered('git', url),
      revision: text === '' ? null : text,
      warnUnpinned: warnUnpinned !== false,
      subdirectory: subdirectory === '' ? null : subdirectory,
      ...this.#common({
        git: url,
        revision: revision ?? null,
        'warn-unpinned': warnUnpinned,
        subdirectory,
      }),
    };
  }

  #common(own: Data) {
    const name = this.#data['name'];
    const unrendered = Object.fromEntries(mappingEntries(this.#written) as [string, unknown][]);
    return {
      span: this.#place(),
      wantedBy: this.#source.wantedBy,
      hashed: { ...own, ...(typeof name === 'string' ? { name } : {}), unrendered },
    };
  }

  /** A template's text as it is written, which is what a lock keeps of it. */
  #unrendered(key: string, rendered: string): string {
    const written = this.#written[key];
    return typeof written === 'string' ? written : rendered;
  }

  #text(key: string, required: boolean): string | null {
    const value = this.#data[key];
    if (value === undefined || (value === null && !required) || value === '') {
      if (required) this.#refuse(packageKeyMissing(this.#place(), this.#source.file, this.#label(), key));
      return value === '' ? '' : null;
    }
    // Locks, log lines and other programs' command lines take no line breaks.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (typeof value === 'string' && !/[\u0000-\u001f\u007f]/.test(value)) return value;
    this.#wrongType(key, typeof value === 'string' ? 'one line' : 'a text');
    return null;
  }

  /** Undefined where the key is absent, null where it has no value. */
  #truth(key: string): boolean | null | undefined {
    const value = this.#data[key];
    if (value === undefined || value === null || typeof value === 'boolean') return value;
    this.#wrongType(key, 'true or false');
    return undefined;
  }

  #wrongType(key: string, expected: string): void {
    this.#refuse(packageKeyType(this.#place(key), this.#label(), key, expected));
  }

  #refuse(diagnostic: Parameters<Diagnostics['add']>[0]): void {
    this.#sound = false;
    this.#found.add(diagnostic);
  }

  /** What an error calls the entry. */
  #label(): string {
    const kind = kinds.find((key) => Object.hasOwn(this.#data, key))!;
    const value = this.#written[kind];
    return typeof value === 'string' && value !== '' ? value : kind;
  }

  #place(...path: string[]): Span | null {
    return this.#source.place?.(this.#index, ...path) ?? null;
  }
}

/** `1.0` without quotes is a number to YAML, and the text `1.0` to dbt; null for what is neither text nor number. */
function versionText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return value instanceof PyFloat ? value.value.toFixed(1) : null;
}
