import { buildGraph, type Graph } from '../graph/graph.ts';
import { rowsGraph } from '../graph/rows-graph.ts';
import type { OpenManifest } from './open-manifest.ts';
import { mayHaveRings } from './project-artifacts.ts';

/** Who depends on whom. Throws `dependency-cycle`. */
export function projectGraph(open: OpenManifest): Graph {
  return mayHaveRings(open) || open.snapshot === null
    ? buildGraph(open.manifest)
    : rowsGraph(open.snapshot.rows);
}
