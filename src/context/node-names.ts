import type { Pending } from '../jinja/host.ts';
import { parseTemplate } from '../jinja/template.ts';
import { str } from '../jinja/text.ts';
import {
  Callable,
  callable,
  hostFunction,
  hostTypeOf,
  isText,
  PyDict,
  textOf,
  type Value,
} from '../jinja/values.ts';
import type { AdapterObject } from './adapter/adapter-object.ts';
import { type BaseScope, baseTable, type Reader } from './base-names.ts';
import { type ConfigBehaviour, ConfigObject } from './config-object.ts';
import { ContextValue } from './context-value.ts';
import { notAvailable, raiseDiagnostic, raisedByTemplate, refArgumentUnknown } from './errors.ts';
import { type ContextNames, type Entry, type NameTable, type OwnNames, TableNames } from './names.ts';
import type { Reads } from './reads.ts';
import type { RelationClass } from './relation-class.ts';
import { type ResultFunctions, resultFunctions } from './results.ts';
import { Resolver, runtimeConfig } from './runtime-config.ts';
import type { ContextServices } from './services.ts';

/** The arguments of a `ref(...)` call. */
export interface RefCall {
  readonly package: string | null;
  readonly name: string;
  readonly version: string | number | null;
}

/** Who is rendered: what its templates call `model`, `this`, `schema`, `database`. */
export interface NodeSubject {
  readonly packageName: string;
  /** As errors call it: `model 'orders' (models/orders.sql)`. */
  readonly label: string;
  readonly uniqueId: string | null;
  readonly database: string | null;
  readonly schema: string | null;
  model(): Value;
  /** `this`; none for what makes no relation. */
  relation(): Value;
}

/** What a phase answers differently. */
export interface Phase {
  readonly execute: boolean;
  /** Whether a variable must be set although nothing is executed. */
  readonly needsVariables?: boolean;
  ref(call: RefCall): Value | Pending;
  source(sourceName: string, tableName: string): Value;
  metric(packageName: string | null, name: string): Value;
  function(packageName: string | null, name: string): Value | Pending;
  readonly config: Omit<ConfigBehaviour, 'model' | 'report'>;
  /** Sees the names so that dispatched macros are bound to them. */
  adapter(names: ContextNames): AdapterObject;
  readonly relations: RelationClass;
  readonly columns: Value;
  graph(): Value;
  emptyTable(): Value;
  rowsOf(table: Value): Value;
  /** `load_agate_table()` of a seed. */
  seedTable(): Value | Pending;
  /** `write(text)`: the file of a main statement. */
  write(text: string): void;
  /** `render(text)` in the same context. */
  render(names: ContextNames, text: string): Value | Pending;
  /** Names of the phase's own: hooks' `results`, a test's arguments, `sql`, ... */
  readonly extra: Iterable<readonly [string, Entry]>;
}

/** What the values of a node's names are made of in one render. */
interface NodeScope extends BaseScope {
  readonly subject: NodeSubject;
  readonly phase: Phase;
  readonly results: () => ResultFunctions;
  /** The finished names. */
  readonly owner: () => ContextNames;
}

/** Everything that a node's templates can name, macros aside. `owner` gives the finished names once they exist. */
export function nodeEntries(
  services: ContextServices,
  subject: NodeSubject,
  phase: Phase,
  reads: Reads | null,
  owner: () => ContextNames,
): { readonly entries: OwnNames; readonly results: () => ResultFunctions } {
  const reader: Reader = {
    packageName: subject.packageName,
    label: subject.label,
    uniqueId: subject.uniqueId,
    reads,
    parsing: !phase.execute && phase.needsVariables !== true,
    allowSecrets: false,
  };
  let made: ResultFunctions | null = null;
  const results = (): ResultFunctions => {
    made ??= resultFunctions(phase.emptyTable, phase.rowsOf);
    return made;
  };
  const scope = { services, reader, names: () => entries, subject, phase, results, owner };
  const entries: OwnNames = new TableNames(nodeTable, scope);
  for (const [name, entry] of phase.extra) entries.set(name, entry);
  return { entries, results };
}

function configObject({ phase, subject, services }: NodeScope): Value {
  return new ConfigObject({
    ...phase.config,
    report: services.report,
    get model() {
      return subject.model();
    },
  }) as unknown as Value;
}

/** What hangs on the arguments of one invocation is rendered in every one. */
function resolver({ services, reader }: NodeScope, resolve: Callable): Callable {
  return new Resolver(resolve, () => {
    reader.reads?.volatile();
    return runtimeConfig(services);
  });
}

/** Functions that a project may hide, as they are. */
function builtins({ names }: NodeScope): Value {
  const own = names();
  return PyDict.fromRecord({ ref: own.get('ref')!, source: own.get('source')!, config: own.get('config')! });
}

function writeFunction({ phase }: NodeScope): Value {
  return hostFunction('write', ['payload'], (text) => {
    phase.write(str(text!));
    return '';
  });
}

function graphOf(phase: Phase, reads: Reads | null): Value {
  reads?.volatile();
  return phase.graph();
}

/** Keywords beside the version are passed over, as in dbt; `tell` is told of them while parsing. */
function refFunction(phase: Phase, tell: (name: string) => void): Callable {
  return callable('ref', (args, kwargs) => {
    const [first, second] = args;
    if (args.length < 1 || args.length > 2 || first === undefined) {
      raiseDiagnostic(
        raisedByTemplate(`ref() takes one or two arguments (${args.length} given)`, 'Compilation Error'),
      );
    }
    const name = textArgument('ref', 'name', args.length === 2 ? second! : first!);
    const packageName = args.length === 2 ? textArgument('ref', 'package', first!) : null;
    const version = kwargs?.get('version') ?? kwargs?.get('v') ?? null;
    const unknown = [...(kwargs?.keys() ?? [])].find((key) => key !== 'v' && key !== 'version');
    if (unknown !== undefined && !phase.execute) tell(str(unknown));
    return phase.ref({ package: packageName, name, version: versionArgument(version) });
  });
}

function versionArgument(version: Value): string | number | null {
  if (version === null || version === false || version === '' || version === 0) return null;
  return typeof version === 'number' ? version : str(version);
}

function sourceFunction(phase: Phase): Callable {
  return callable('source', (args) => {
    if (args.length !== 2) {
      raiseDiagnostic(
        raisedByTemplate(`source() takes exactly two arguments (${args.length} given)`, 'Compilation Error'),
      );
    }
    return phase.source(
      textArgument('source', 'source name', args[0]!),
      textArgument('source', 'table name', args[1]!),
    );
  });
}

function namedFunction(
  name: string,
  impl: (packageName: string | null, name: string) => Value | Pending,
): Callable {
  return callable(name, (args) => {
    if (args.length === 1) return impl(null, textArgument(name, 'name', args[0]!));
    if (args.length === 2)
      return impl(textArgument(name, 'package', args[0]!), textArgument(name, 'name', args[1]!));
    return raiseDiagnostic(
      raisedByTemplate(`${name}() takes one or two arguments (${args.length} given)`, 'Compilation Error'),
    );
  });
}

function textArgument(name: string, what: string, value: Value): string {
  if (isText(value)) return textOf(value);
  return raiseDiagnostic(
    raisedByTemplate(
      `The ${what} argument to ${name}() must be a string, got ${str(value)}`,
      'Compilation Error',
    ),
  );
}

const tryFunction = callable('try_or_compiler_error', (args, kwargs) => {
  const [message, impl, ...rest] = args;
  try {
    if (impl instanceof Callable) return impl.call(rest, kwargs);
    const host = hostTypeOf(impl ?? null);
    if (host?.call !== undefined) return host.call(impl!, rest, kwargs);
  } catch {
    // Whatever failed is told in the caller's words.
  }
  return raiseDiagnostic(raisedByTemplate(str(message ?? ''), 'Compilation Error'));
});

const pythonRefused = callable('submit_python_job', () =>
  raiseDiagnostic(notAvailable('submit_python_job', 'Python models are not run; write the model in SQL')),
);

/** Parses text that a template renders by `render(...)`. */
export function templateOfText(text: string) {
  return parseTemplate({ path: '<render>', text });
}

const none = (): Value => null;
const empty = (): Value => [];

const nodeTable: NameTable<NodeScope> = new Map<string, (scope: NodeScope) => Value>([
  ...baseTable,
  [
    'ref',
    (scope) =>
      resolver(
        scope,
        refFunction(scope.phase, (name) => scope.services.report(refArgumentUnknown(name))),
      ),
  ],
  ['source', (scope) => resolver(scope, sourceFunction(scope.phase))],
  ['metric', ({ phase }) => namedFunction('metric', (packageName, name) => phase.metric(packageName, name))],
  [
    'function',
    ({ phase }) => namedFunction('function', (packageName, name) => phase.function(packageName, name)),
  ],
  ['config', configObject],
  ['builtins', builtins],
  ['execute', ({ phase }) => phase.execute],
  ['model', ({ subject }) => subject.model()],
  ['this', ({ subject }) => subject.relation()],
  ['database', ({ subject }) => subject.database],
  ['schema', ({ subject }) => subject.schema],
  ['adapter', ({ phase, owner }) => phase.adapter(owner()) as unknown as Value],
  ['api', ({ phase }) => PyDict.fromRecord({ Relation: phase.relations, Column: phase.columns })],
  ['column', ({ phase }) => phase.columns],
  ['context', ({ owner }) => new ContextValue(owner()) as unknown as Value],
  ['graph', ({ phase, reader }) => graphOf(phase, reader.reads)],
  ['load_result', ({ results }) => results().loadResult],
  ['store_result', ({ results }) => results().storeResult],
  ['store_raw_result', ({ results }) => results().storeRawResult],
  ['load_agate_table', ({ phase }) => hostFunction('load_agate_table', [], () => phase.seedTable())],
  ['write', writeFunction],
  [
    'render',
    ({ phase, owner }) => hostFunction('render', ['string'], (text) => phase.render(owner(), str(text!))),
  ],
  ['try_or_compiler_error', () => tryFunction],
  ['submit_python_job', () => pythonRefused],
  ['pre_hooks', empty],
  ['post_hooks', empty],
  ['sql', none],
  ['compiled_code', none],
  ['selected_resources', empty],
  ['defer_relation', none],
]);
