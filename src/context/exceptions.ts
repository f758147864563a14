import { type Diagnostic, type Family, warning } from '../core/diagnostic.ts';
import { HOST, type HostType, type Parameter } from '../jinja/host.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type Value } from '../jinja/values.ts';
import { contractMismatch } from './contract-mismatch.ts';
import { raiseDiagnostic, raisedByTemplate, snapshotTimestamps } from './errors.ts';

type Report = (diagnostic: Diagnostic) => void;

/** `exceptions` of templates: every function dbt has there, most of them ending the node with its message. */
export function exceptionsObject(report: Report): Value {
  return new Exceptions(functions(report)) as unknown as Value;
}

class Exceptions {
  readonly members: ReadonlyMap<string, Callable>;

  constructor(members: ReadonlyMap<string, Callable>) {
    this.members = members;
  }

  get [HOST](): HostType<Exceptions> {
    return exceptionsType;
  }
}

const exceptionsType: HostType<Exceptions> = {
  typeName: 'exceptions',
  attr: (self, name) => self.members.get(name),
  attrNames: (self) => [...self.members.keys()],
};

const none: Value = null;
const node: Parameter = ['node', none];

function functions(report: Report): ReadonlyMap<string, Callable> {
  const out = new Map<string, Callable>();
  const raising = (
    name: string,
    parameters: readonly Parameter[],
    message: (...values: Value[]) => string,
    family: Family = 'Compilation Error',
  ): void => {
    out.set(
      name,
      hostFunction(name, parameters, (...values) =>
        raiseDiagnostic(raisedByTemplate(message(...values), family)),
      ),
    );
  };
  const text = (value: Value | undefined): string => str(value ?? null);
  const nameOf = (value: Value | undefined): string => {
    if (typeof value !== 'object' || value === null) return text(value);
    const record = value as unknown as Readonly<Record<string, unknown>>;
    return typeof record['unique_id'] === 'string' ? record['unique_id'] : text(value);
  };

  raising('raise_compiler_error', ['msg', node], (msg) => text(msg));
  raising('raise_database_error', ['msg', node], (msg) => text(msg), 'Database Error');
  raising('raise_parsing_error', ['msg', node], (msg) => text(msg), 'Parsing Error');
  raising('raise_dependency_error', ['msg'], (msg) => text(msg), 'Dependency Error');
  raising('raise_not_implemented', ['msg'], (msg) => `ERROR: ${text(msg)}`, 'Runtime Error');
  raising('raise_fail_fast_error', ['msg', node], (msg) => text(msg), 'FailFast Error');
  raising('raise_cache_inconsistent', ['message'], (msg) => `Cache inconsistency detected: ${text(msg)}`);
  raising('missing_config', ['model', 'name'], (model, name) => {
    return `Model '${nameOf(model)}' does not define a required config parameter '${text(name)}'.`;
  });
  raising('missing_materialization', ['model', 'adapter_type'], (model, adapter) => {
    return `No materialization of '${nameOf(model)}' was found for adapter ${text(adapter)}`;
  });
  raising(
    'missing_relation',
    ['relation', ['model', none]],
    (relation) => `Relation ${text(relation)} not found!`,
  );
  raising('raise_ambiguous_alias', ['node_1', 'node_2', ['duped_name', none]], (first, second, name) => {
    return `Two resources are called ${text(name)}: ${nameOf(first)} and ${nameOf(second)}. Change one of their names or aliases.`;
  });
  raising('raise_ambiguous_catalog_match', ['unique_id', 'match_1', 'match_2'], (id) => {
    return `Two relations of the warehouse match ${text(id)}; drop or rename one of them`;
  });
  raising('raise_dataclass_not_dict', ['obj'], (value) => `Not a dictionary: ${text(value)}`);
  raising('raise_dep_not_found', ['node', 'node_description', 'required_pkg'], (_node, what, packageName) => {
    return `${text(what)} needs package '${text(packageName)}', which is not installed`;
  });
  raising('raise_duplicate_patch_name', ['patch_1', 'existing_patch_path'], (patch, path) => {
    return `${nameOf(patch)} is described twice; the other place is ${text(path)}`;
  });
  raising('raise_duplicate_resource_name', ['node_1', 'node_2'], (first, second) => {
    return `Two resources have one name: ${nameOf(first)} and ${nameOf(second)}`;
  });
  raising('raise_invalid_property_yml_version', ['path', 'issue'], (path, issue) => {
    return `The yml property file at ${text(path)} is invalid: ${text(issue)}`;
  });
  raising('raise_contract_error', ['yaml_columns', 'sql_columns'], (contract, definition) =>
    contractMismatch(contract!, definition!),
  );
  raising('relation_wrong_type', ['relation', 'expected_type', ['model', none]], (relation, type) => {
    return `Trying to create ${text(type)} ${text(relation)}, but it exists with another type. Drop it, or run with --full-refresh.`;
  });
  raising('column_type_missing', ['column_names'], (names) => {
    return `Contracted models require data_type to be defined for each column. Please ensure that the column name and data_type are defined within the YAML configuration for the ${text(names)} column(s).`;
  });

  const warn = hostFunction('warn', ['msg', node], (msg) => {
    const diagnostic = warning({ code: 'template-warning', message: text(msg), event: 'JinjaLogWarning' });
    report(diagnostic);
    return '';
  });
  out.set('warn', warn);
  out.set(
    'warn_snapshot_timestamp_data_types',
    hostFunction(
      'warn_snapshot_timestamp_data_types',
      ['snapshot_time_data_type', 'updated_at_data_type'],
      (clock, updatedAt) => {
        report(snapshotTimestamps(text(clock), text(updatedAt)));
        return '';
      },
    ),
  );
  return out;
}
