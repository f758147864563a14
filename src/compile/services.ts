import type { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import type { Interval } from '../intervals/interval.ts';
import type { Value } from '../jinja/values.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { GraphNode, UniqueId } from '../manifest/node.ts';
import type { Deferral } from './deferral.ts';
import type { NodeLookup } from './node-lookup.ts';
import type { QueryComment } from './query-comment.ts';

/** What the manifest says of a node that was compiled. */
export interface CompiledText {
  readonly node: GraphNode;
  readonly compiledCode: string;
  readonly compiledPath: string;
  /** Macros that its text called, in order. */
  readonly calledMacros: readonly UniqueId[];
}

/** An ephemeral model as others use it. */
export interface EphemeralQuery {
  /** Without its own ephemeral parents, which stand beside it. */
  readonly body: string;
  /** By itself, as it is written to a file and into the manifest. */
  readonly compiled: CompiledText;
}

/** What compiling any node of an invocation needs. */
export interface CompileServices {
  readonly context: ContextServices;
  readonly manifest: Manifest;
  readonly lookup: NodeLookup;
  readonly relations: RelationClass;
  /** `graph` of templates, made when it is first read. */
  readonly graph: () => Value;
  /** `selected_resources` of templates. */
  readonly selected: ReadonlySet<UniqueId>;
  /** Absolute. */
  readonly projectDirectory: string;
  /** Absolute; compiled SQL goes to `compiled/` below it, statements that ran to `run/`. */
  readonly targetDirectory: string;
  readonly injectEphemerals: boolean;
  /** Nothing of what is read is seen: `--empty`. */
  readonly empty: boolean;
  /** Models see only rows of this time, of what says when something happened: `--sample`. */
  readonly sample: Interval | null;
  /** Null without `--defer`. */
  readonly deferral: Deferral | null;
  readonly queryComment: QueryComment | null;
  /** No file is written. */
  readonly dry: boolean;
  /** Ephemeral models that something selected from, by id, shared by whatever selects from them. */
  readonly ephemerals: Map<UniqueId, Promise<EphemeralQuery>>;
}
