import type { MacroRegistry } from '../context/macro-registry.ts';
import { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import { type Diagnostic, Diagnostics } from '../core/diagnostic.ts';
import type { SourceBlock } from '../jinja/blocks.ts';
import type { Project, ProjectPackage } from '../project/project.ts';
import { behaviour } from './behaviour.ts';
import { checkDefined, checkNodes, checkUniqueness, tellDeprecations, tellSpaces } from './check-nodes.ts';
import { createConfigResolver } from './config/resolve-config.ts';
import { DocIndex } from './docs-blocks.ts';
import { type FileOrder, fileOrder } from './file-order.ts';
import { FileReads } from './file-reads.ts';
import { parseFunctionFile } from './functions/parse.ts';
import { settleFunctions } from './functions/settle.ts';
import type { InternalPackage } from './internal-packages.ts';
import { loadMacros } from './macros.ts';
import { allNodes, type Manifest } from './manifest.ts';
import { checkMicrobatch } from './microbatch.ts';
import { duplicateResource } from './name-errors.ts';
import { createNaming } from './naming.ts';
import type { UniqueId } from './node.ts';
import { NodeStore, type ParsedNode } from './node-store.ts';
import { parseOperations } from './operations.ts';
import type { Outside } from './outside.ts';
import type { ParseState } from './parse-state.ts';
import { shownPath, shownPathOf } from './paths.ts';
import { plainTests } from './plain-tests.ts';
import { inferPrimaryKeys } from './primary-keys.ts';
import { readAllProperties } from './properties/read-all.ts';
import type { FilePair } from './properties/source-tables.ts';
import { publish } from './publish.ts';
import { parseSeed } from './seeds.ts';
import { readSelectors } from './selectors.ts';
import { checkSemanticLayer } from './semantic/check-semantic-layer.ts';
import { settleNode } from './settle-node.ts';
import { parseSnapshotFile, parseSqlFile } from './sql-nodes.ts';
import { type NodeFqns, unusedConfigs } from './unused-configs.ts';

export interface ParseOptions {
  readonly project: Project;
  /** What templates share, macros aside: they are read here. */
  readonly services: Omit<ContextServices, 'registry'>;
  /** Our own packages, the most general first. */
  readonly internalPackages: readonly InternalPackage[];
  /** Where `project` holds some of its files only: the order of all of them, and what is known of the rest. */
  readonly part?: { readonly order: FileOrder; readonly outside: Outside };
}

export interface ParsedProject {
  readonly manifest: Manifest;
  /** The services with the project's macros, for what renders next. */
  readonly services: ContextServices;
  readonly registry: MacroRegistry;
  readonly relations: RelationClass;
  readonly trace: ParseTrace;
}

/** How a manifest came about: what a parse cache stands on. */
export interface ParseTrace {
  readonly reads: FileReads;
  /** Where each macro that is not ours stands in its file. */
  readonly blocks: ReadonlyMap<UniqueId, SourceBlock>;
  readonly overriding: readonly FilePair[];
  /** Warnings of single files, and those of the project as a whole. */
  readonly fileWarnings: readonly Diagnostic[];
  readonly projectWarnings: readonly Diagnostic[];
}

/**
 * Reads everything that a project and its packages say into a manifest, with dbt 1.11's meaning. All mistakes are
 * found before a DiagnosticError with every one of them is thrown; warnings are in the manifest.
 */
export function parseProject(options: ParseOptions): ParsedProject {
  const { project } = options;
  const found = new Diagnostics();
  const state = createState(options, found);
  const functionFiles: ParsedNode[] = [];
  for (const pack of state.packages) {
    const { files } = pack;
    for (const file of files.models) parseSqlFile(state, 'model', pack, file);
    for (const file of files.snapshots) parseSnapshotFile(state, pack, file);
    for (const file of files.analyses) parseSqlFile(state, 'analysis', pack, file);
    for (const file of files.singularTests) parseSqlFile(state, 'test', pack, file);
    for (const file of files.seeds) parseSeed(state, pack, file);
    parseOperations(state, pack);
    for (const file of files.functions) functionFiles.push(parseFunctionFile(state, pack, file));
  }
  const read = readAllProperties(state, functionFiles, () => {
    for (const parsed of state.store.nodes.values()) if (!parsed.settled) settleNode(state, parsed, null);
    for (const list of state.store.disabled.values()) {
      for (const parsed of list) if (!parsed.settled) settleNode(state, parsed, null);
    }
    state.store.sortOut(({ node, place }, other) => {
      const [path, otherPath] = [node.original_file_path, other.node.original_file_path];
      found.add(
        duplicateResource(`${node.resource_type}s`, node.name, path, otherPath, place(), other.place()),
      );
    });
  });
  const selectors = readSelectors(state);
  const functions = settleFunctions(state, functionFiles);
  const content = publish(state, read, functions);
  inferPrimaryKeys(state.store);
  const groupNames = [...read.groups.values()].map((group) => group.name);
  groupNames.push(...(state.outside?.groupNames() ?? []));
  checkNodes(state, groupNames);
  checkMicrobatch(state, content);
  checkDefined(state, read, groupNames);
  checkSemanticLayer(state, read);
  tellDeprecations(state);
  tellSpaces(state);
  // Nodes whose files could not be read may have the wrong names.
  if (found.errors.length === 0) checkUniqueness(state);
  found.throwIfErrors();
  // Of a part nothing can be said about what configures nothing.
  const unused = state.outside === null ? unusedConfigs(project.root, fqnsOf(content)) : [];
  const warnings: readonly Diagnostic[] = [...project.warnings, ...found.warnings, ...unused];
  const manifest = { ...content, selectors, warnings };
  const trace = {
    reads: state.reads,
    blocks: state.blocks,
    overriding: read.overriding,
    fileWarnings: found.warnings,
    projectWarnings: unused,
  };
  return {
    manifest,
    services: state.services,
    registry: state.services.registry,
    relations: state.relations,
    trace,
  };
}

function createState(options: ParseOptions, found: Diagnostics): ParseState {
  const { project, internalPackages } = options;
  const outside = options.part?.outside ?? null;
  const { facts, dispatchOrders, world } = options.services;
  const packages = [project.root, ...project.packages];
  const createdAt = world.now() / 1000;
  const {
    registry,
    nodes: macros,
    blocks,
  } = loadMacros({
    project,
    packages,
    internal: internalPackages,
    facts,
    dispatchOrders,
    createdAt,
    namesArguments: behaviour(options.services, 'validate_macro_args', false),
    found,
  });
  const services: ContextServices = { ...options.services, registry };
  const docs = new DocIndex();
  const addDocs = (pack: ProjectPackage): void => {
    for (const file of pack.files.docs)
      docs.addFile(pack.name, file, shownPath({ project }, pack, file.path), found);
  };
  addDocs(project.root);
  for (const one of internalPackages)
    for (const file of one.docs) docs.addFile(one.name, file, file.path, found);
  for (const pack of project.packages) addDocs(pack);
  const relations = new RelationClass(facts, project.root.settings.quoting);
  const reads = new FileReads();
  return {
    project,
    packages,
    services,
    relations,
    configs: createConfigResolver(project, facts, (diagnostic) => found.add(diagnostic)),
    naming: createNaming(services, relations, (node) => reads.of(shownPathOf({ packages, project }, node))),
    store: new NodeStore(outside),
    macros,
    blocks,
    docs,
    plainTests: plainTests(services, project.root.name),
    outside,
    order: options.part?.order ?? fileOrder(packages, internalPackages),
    reads,
    found,
    createdAt,
  };
}

function fqnsOf(content: Omit<Manifest, 'selectors' | 'warnings'>): NodeFqns {
  function* enabled(): Generator<readonly [string, readonly string[]]> {
    for (const { resource_type: type, fqn } of allNodes(content)) yield [type, fqn];
  }
  function* disabled(): Generator<readonly string[]> {
    for (const list of content.disabled.values()) for (const { fqn } of list) yield fqn;
  }
  return { enabled: enabled(), disabled: disabled() };
}
