import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Artifacts that are left as they are while what they say is the same. */
export type LastingArtifact = 'manifest' | 'semantic_manifest' | 'graph_summary' | 'graph_summary with tests';

/** Of these one file is written, of names and dependencies and of nothing else of a node. */
export const isGraphSummary = (artifact: LastingArtifact): boolean =>
  artifact === 'graph_summary' || artifact === 'graph_summary with tests';

/** The parse in question, and the one that its dependencies, and the names of its nodes, came of. */
export interface WrittenParse {
  readonly generation: string;
  readonly edges: string;
}

interface Mark {
  /** The parse whose result the file holds. */
  readonly generation: string;
  readonly size: number;
  readonly modified: number;
  readonly changed: number;
}

type Marks = Partial<Record<LastingArtifact, Mark>> & {
  /** The parse whose nodes were last seen to depend on each other in no ring. */
  ringless?: string;
};

/** Remembers, in a small file beside the parse cache, which parse each artifact was written of. */
export class WrittenArtifacts {
  readonly #path: string;
  readonly #parse: WrittenParse;
  #read: Marks | null = null;

  /** `folder` is that of the parse cache. */
  constructor(folder: string, parse: WrittenParse) {
    this.#path = join(folder, 'written.json');
    this.#parse = parse;
  }

  get #marks(): Marks {
    this.#read ??= readMarks(this.#path);
    return this.#read;
  }

  /** Whether the file is what was written of this parse, untouched since. */
  isCurrent(artifact: LastingArtifact, path: string): boolean {
    const mark = this.#marks[artifact];
    if (mark === undefined || mark.generation !== this.#generationOf(artifact)) return false;
    const now = markOf(path, mark.generation);
    return (
      now !== null && now.size === mark.size && now.modified === mark.modified && now.changed === mark.changed
    );
  }

  keep(artifact: LastingArtifact, path: string): void {
    const mark = markOf(path, this.#generationOf(artifact));
    if (mark !== null) this.#marks[artifact] = mark;
    this.#write();
  }

  /** Whether the dependencies are known to hold no ring. */
  get isRingless(): boolean {
    return this.#marks.ringless === this.#parse.edges;
  }

  keepRingless(): void {
    this.#marks.ringless = this.#parse.edges;
    this.#write();
  }

  #generationOf(artifact: LastingArtifact): string {
    return isGraphSummary(artifact) ? this.#parse.edges : this.#parse.generation;
  }

  #write(): void {
    try {
      writeFileSync(this.#path, JSON.stringify(this.#marks));
    } catch {
      // Without its mark an artifact is written again, which is no harm.
    }
  }
}

function markOf(path: string, generation: string): Mark | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  return { generation, size: stats.size, modified: stats.mtimeMs, changed: stats.ctimeMs };
}

function readMarks(path: string): Marks {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Marks;
  } catch {
    return {};
  }
}
