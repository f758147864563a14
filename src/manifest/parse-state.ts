import type { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import type { Diagnostics } from '../core/diagnostic.ts';
import type { SourceBlock } from '../jinja/blocks.ts';
import type { Project, ProjectPackage } from '../project/project.ts';
import type { ConfigResolver } from './config/resolve-config.ts';
import type { DocIndex } from './docs-blocks.ts';
import type { FileOrder } from './file-order.ts';
import type { FileReads } from './file-reads.ts';
import type { Naming } from './naming.ts';
import type { MacroNode, UniqueId } from './node.ts';
import type { NodeStore } from './node-store.ts';
import type { Outside } from './outside.ts';
import type { PlainTests } from './plain-tests.ts';
import type { Draft } from './record.ts';

/** What the parts of parsing share: the project, everything found so far, and how to find and render more. */
export interface ParseState {
  readonly project: Project;
  /** The root project, then installed packages. */
  readonly packages: readonly ProjectPackage[];
  readonly services: ContextServices;
  readonly relations: RelationClass;
  readonly configs: ConfigResolver;
  readonly naming: Naming;
  readonly store: NodeStore;
  readonly macros: ReadonlyMap<UniqueId, Draft<MacroNode>>;
  /** Where each macro that is not ours stands in its file. */
  readonly blocks: ReadonlyMap<UniqueId, SourceBlock>;
  readonly docs: DocIndex;
  readonly plainTests: PlainTests;
  readonly order: FileOrder;
  readonly reads: FileReads;
  readonly found: Diagnostics;
  /** Null where the whole project is parsed. */
  readonly outside: Outside | null;
  /** Seconds since 1970, as nodes carry it. */
  readonly createdAt: number;
}
