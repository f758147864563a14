import { Reads } from '../context/reads.ts';
import { entryOf } from './record.ts';

/** What the templates of each file read. Files are named by the path that errors show. */
export class FileReads {
  readonly #files = new Map<string, Reads>();

  /** Reads of one render, of which the file's are told too. */
  of(shown: string): Reads {
    return new Reads(this.whole(shown));
  }

  /** Everything that was read for the file. */
  whole(shown: string): Reads {
    return entryOf(this.#files, shown, () => new Reads());
  }

  entries(): Iterable<readonly [string, Reads]> {
    return this.#files;
  }
}
