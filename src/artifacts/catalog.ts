import { jsonText } from '../manifest/json-text.ts';
import type { UniqueId } from '../manifest/node.ts';
import { writeMap } from './manifest-writer.ts';
import { type ArtifactContext, artifactMetadata } from './metadata.ts';
import { writeWhole } from './write-whole.ts';

export interface CatalogColumn {
  readonly type: string;
  /** One-based, in the relation's order. */
  readonly index: number;
  readonly name: string;
  readonly comment: string | null;
}

export interface CatalogStat {
  readonly id: string;
  readonly label: string;
  readonly value: boolean | string | number | null;
  /** Whether readers should show it. */
  readonly include: boolean;
  readonly description: string | null;
}

/** What the warehouse says of one relation. */
export interface CatalogTable {
  readonly metadata: {
    /** As the warehouse calls it: `BASE TABLE`, `VIEW`. */
    readonly type: string;
    readonly schema: string;
    readonly name: string;
    readonly database: string | null;
    readonly comment: string | null;
    readonly owner: string | null;
  };
  readonly columns: Readonly<Record<string, CatalogColumn>>;
  readonly stats: Readonly<Record<string, CatalogStat>>;
  readonly unique_id: UniqueId | null;
}

export interface Catalog {
  readonly nodes: ReadonlyMap<UniqueId, CatalogTable>;
  readonly sources: ReadonlyMap<UniqueId, CatalogTable>;
  /** Relations that could not be read; null where all could. */
  readonly errors: readonly string[] | null;
}

/** The statistics of a relation that has none: readers of the artifact expect the entry. */
export const noStats: Readonly<Record<string, CatalogStat>> = {
  has_stats: {
    id: 'has_stats',
    label: 'Has Stats?',
    value: false,
    include: false,
    description: 'Indicates whether there are statistics for this table',
  },
};

/** Writes `catalog.json` (v1). Throws `file-not-written`. */
export function writeCatalog(catalog: Catalog, context: ArtifactContext, path: string): void {
  writeWhole(path, (write) => {
    write(`{"metadata":${jsonText(artifactMetadata('catalog/v1', context))},\n"nodes":`);
    writeMap(catalog.nodes, write);
    write(',\n"sources":');
    writeMap(catalog.sources, write);
    write(`,\n"errors":${jsonText(catalog.errors)}}\n`);
  });
}
