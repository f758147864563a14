import type { AnyNode, ModelNode, UniqueId } from './node.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { shownPathOf } from './paths.ts';

/**
 * What is known of the rest of a project, where only some of its files are parsed. Names that mean nothing here mean
 * nothing anywhere: who parses a part gives up on anything that cannot be found, and parses the whole.
 */
export interface Outside {
  /** Models, seeds and snapshots that a name of a ref means; null stands for any package. */
  refables(name: string, packageName: string | null): readonly ParsedNode[];
  source(name: string, packageName: string | null): AnyNode | undefined;
  metric(name: string, packageName: string | null): AnyNode | undefined;
  function(name: string, packageName: string | null): AnyNode | undefined;
  node(id: UniqueId): AnyNode | undefined;
  /** The model of the id, where it has a date of deprecation. */
  datedModel(id: UniqueId): ModelNode | undefined;
  groupNames(): Iterable<string>;
  /** Whether the file, by the path that errors show, is among those that are parsed. */
  isParsed(shown: string): boolean;
  /** Whether a file's entry for a model of that name stays as it was, though the file is parsed. */
  passesOver(shown: string, modelName: string): boolean;
}

/** Thrown where a part of a project turns out to need another file: both have to be parsed together. */
export class FileNeeded extends Error {
  readonly shown: string;

  constructor(shown: string) {
    super(`${shown} has to be parsed too`);
    this.name = 'FileNeeded';
    this.shown = shown;
  }
}

/** Called for everything that is about to be described or looked into by another file. Throws FileNeeded. */
export function claim(
  state: Pick<ParseState, 'project' | 'packages' | 'outside'>,
  node: { readonly package_name: string; readonly original_file_path: string },
): void {
  if (state.outside === null) return;
  const shown = shownPathOf(state, node);
  if (!state.outside.isParsed(shown)) throw new FileNeeded(shown);
}
