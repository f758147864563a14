import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../../core/diagnostic.ts';
import type { Event, EventOf, NodeOutcome, NodeRef } from '../../core/event.ts';
import { codeFrame, formatLocation } from '../../core/frame.ts';
import { positionAt, type Span } from '../../core/span.ts';

/** What an invocation told, and whose it was. */
export interface ReportInput {
  readonly events: readonly Event[];
  /** What the invocation threw, where it threw. */
  readonly thrown?: unknown;
  /** Absolute folder of the project. */
  readonly projectDir: string;
  /** Absolute folder that files are named from: the repository's root. The project's folder unless given. */
  readonly repositoryDir?: string;
  /** Changes every text that the report shows: masks secrets. */
  readonly mask?: (text: string) => string;
}

/** One invocation as reports show it: texts masked, places as paths from the repository's root. */
export interface Told {
  readonly command: string;
  readonly projectName: string | null;
  readonly targetName: string | null;
  readonly version: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  /** Nodes and hooks in the order in which they ended. */
  readonly results: readonly ToldResult[];
  /** What kept the command from running, or ended it. */
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
  /** The project file, for issues that have no place of their own; null where there is none. */
  readonly projectFile: string | null;
}

export type ResultKind = 'passed' | 'warned' | 'failed' | 'errored' | 'skipped';

export interface ToldResult {
  readonly uniqueId: string;
  /** Within its type: with the version of a model that has one. */
  readonly name: string;
  readonly resourceType: string;
  readonly packageName: string;
  /** Of its file, from the root of its package. */
  readonly path: string;
  readonly kind: ResultKind;
  readonly status: string;
  /** One line. */
  readonly message: string | null;
  readonly failures: number | null;
  readonly elapsedMs: number;
  readonly compiledPath: string | null;
  readonly issue: Issue | null;
  /** That of the node's definition where it is a test of YAML or has no error, else the error's. */
  readonly place: Place | null;
}

/** A diagnostic. */
export interface Issue {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly family: string;
  readonly message: string;
  readonly hint: string | null;
  /** Null where no file of the repository is to blame. */
  readonly place: Place | null;
  /** `models/orders.sql:3:1`, from the project's root, also of what is no file of the repository. */
  readonly location: string | null;
  /** The lines around it, marked; null where no text is known. */
  readonly frame: string | null;
  /** Further places. */
  readonly related: readonly { readonly message: string; readonly place: Place | null }[];
}

/** A stretch of a file of the repository; lines and columns count from one, the end is exclusive. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What reports show of an invocation; looks whether files exist, and reads none. */
export function gather(input: ReportInput): Told {
  const { events } = input;
  const roots = { project: input.projectDir, repository: input.repositoryDir ?? input.projectDir };
  const find = <Name extends Event['name']>(name: Name) =>
    events.find((event): event is Extract<Event, { name: Name }> => event.name === name);
  const started = find('invocation-started');
  const parsed = find('project-parsed');
  const ended = find('run-finished');
  const definitions = new Map(ended?.problems.map(({ node, place }) => [node.uniqueId, place]));
  const told: Told = {
    command: started?.command ?? '',
    projectName: parsed?.projectName ?? null,
    targetName: parsed?.targetName ?? null,
    version: started?.version ?? '',
    startedAt: started?.startedAt ?? 0,
    elapsedMs: find('invocation-finished')?.elapsedMs ?? 0,
    interrupted: ended?.interrupted === true || find('interrupted') !== undefined,
    results: events.flatMap((event) => {
      if (event.name === 'node-finished') return [resultOf(event.node, event.outcome, definitions, roots)];
      return event.name === 'hook-finished' ? [resultOf(event.hook, event.outcome, definitions, roots)] : [];
    }),
    errors: [
      ...events.flatMap((event) => (isEnding(event) ? [event.diagnostic] : [])),
      ...thrownDiagnostics(input.thrown),
    ].map((diagnostic) => issueOf(diagnostic, roots)),
    warnings: events.flatMap((event) =>
      event.name === 'diagnostic' ? [issueOf(event.diagnostic, roots)] : [],
    ),
    projectFile: pathInRepository('dbt_project.yml', roots),
  };
  return changeTexts(told, (text) => withoutRoots(input.mask?.(text) ?? text, roots));
}

/** Says what ended the command. */
const isEnding = (event: Event): event is EventOf<'interrupted' | 'operation-failed'> =>
  event.name === 'interrupted' || event.name === 'operation-failed';

interface Roots {
  readonly project: string;
  readonly repository: string;
}

function resultOf(
  node: NodeRef,
  outcome: NodeOutcome,
  definitions: ReadonlyMap<string, Span | undefined>,
  roots: Roots,
): ToldResult {
  const [, packageName = '', ...rest] = node.uniqueId.split('.');
  const definition = definitions.get(node.uniqueId);
  const defined = definition === undefined ? null : placeOf(definition, roots);
  const told = outcome.diagnostic === null ? null : issueOf(outcome.diagnostic, roots);
  const issue = told === null ? null : { ...told, place: defined ?? told.place };
  return {
    uniqueId: node.uniqueId,
    name: node.resourceType === 'model' ? rest.join('.') : node.name,
    resourceType: node.resourceType,
    packageName,
    path: node.path,
    kind: kindOf(outcome),
    status: outcome.status,
    message: outcome.message,
    failures: outcome.failures,
    elapsedMs: outcome.executionTimeMs,
    compiledPath: outcome.compiledPath,
    issue,
    place: issue === null ? defined : issue.place,
  };
}

function kindOf({ status }: NodeOutcome): ResultKind {
  switch (status) {
    case 'error':
    case 'runtime error':
    case 'partial success':
      return 'errored';
    case 'fail':
      return 'failed';
    case 'skipped':
      return 'skipped';
    case 'warn':
      return 'warned';
    default:
      return 'passed';
  }
}

/** A user's mistakes as they are; of a bug what there is to say. */
function thrownDiagnostics(thrown: unknown): readonly Diagnostic[] {
  if (thrown === undefined || thrown === null) return [];
  if (thrown instanceof DiagnosticError) return thrown.diagnostics;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return [
    {
      code: 'internal-error',
      severity: 'error',
      family: 'Runtime Error',
      message,
      span: null,
      hint: 'this is a bug of sluice: please report it',
      related: [],
      event: null,
    },
  ];
}

function issueOf(diagnostic: Diagnostic, roots: Roots): Issue {
  const { code, severity, family, message, hint, span, related } = diagnostic;
  return {
    code,
    severity,
    family,
    message,
    hint,
    place: span === null ? null : placeOf(span, roots),
    location: span === null ? null : formatLocation(span),
    frame: span === null || span.text.trim() === '' ? null : codeFrame(span),
    related: related.map((place) => ({
      message: place.message,
      place: place.span === null ? null : placeOf(place.span, roots),
    })),
  };
}

function placeOf(span: Span, roots: Roots): Place | null {
  const file = pathInRepository(span.file, roots);
  if (file === null) return null;
  const start = positionAt(span.text, span.start);
  const end = positionAt(span.text, Math.max(span.end, span.start));
  return { file, ...start, endLine: end.line, endColumn: end.column };
}

/** Null for what is no file there: a statement, a template of the command line, a file of a package, a profile. */
function pathInRepository(file: string, { project, repository }: Roots): string | null {
  const absolute = isAbsolute(file) ? file : join(project, file);
  const path = relative(repository, absolute).replaceAll('\\', '/');
  if (path === '' || path.startsWith('../') || isAbsolute(path)) return null;
  return existsSync(absolute) ? path : null;
}

/** Machines' paths are nobody's business: what lies in the repository is named from its root. */
function withoutRoots(text: string, { project, repository }: Roots): string {
  let out = text;
  for (const root of new Set([project, repository])) {
    if (root.length > 1 && out.includes(root)) out = out.replace(startingWith(root), '');
  }
  return out;
}

/** A folder at the beginning of a path, and not within another one. */
const startingWith = (folder: string): RegExp =>
  new RegExp(`(?<![\\w./\\\\-])${folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}[/\\\\]`, 'g');

function changeTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((one) => changeTexts(one, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, changeTexts(one, change)]),
  ) as Value;
}

/** Results by the name of their type, in the order in which types came. */
export function byType({ results }: Told): readonly (readonly [string, readonly ToldResult[]])[] {
  const out = new Map<string, ToldResult[]>();
  for (const result of results) {
    const type = typeName(result.resourceType);
    const list = out.get(type);
    if (list === undefined) out.set(type, [result]);
    else list.push(result);
  }
  return [...out];
}

/** As people say it: `unit test`, `data test`, `hook`. */
export const typeName = (resourceType: string): string =>
  spokenTypes[resourceType] ?? resourceType.replaceAll('_', ' ');

const spokenTypes: Readonly<Record<string, string>> = { operation: 'hook', test: 'data test' };
