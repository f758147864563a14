import { type Diagnostic, DiagnosticError, error, type Family, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';

export function variableMissing(name: string, node: string | null, known: Iterable<string>): Diagnostic {
  const names = [...known];
  const supplied = names.length === 0 ? 'none is set' : `set are: ${names.join(', ')}`;
  return error({
    code: 'var-missing',
    message: `Required var '${name}' not found in config${node === null ? '' : ` of ${node}`} (${supplied})`,
    hint: didYouMean(name, names) ?? `set it under vars: in dbt_project.yml, or with --vars '${name}: ...'`,
  });
}

export function variableRing(names: readonly string[]): Diagnostic {
  return error({ code: 'var-ring', message: `the variables need each other: ${names.join(' -> ')}` });
}

export function environmentVariableMissing(name: string, known: Iterable<string>): Diagnostic {
  return error({
    code: 'env-var-missing',
    family: 'Parsing Error',
    message: `Env var required but not provided: '${name}'`,
    hint: didYouMean(name, known) ?? `export ${name}, or give a default: env_var('${name}', '...')`,
  });
}

export function environmentVariableRestricted(name: string): Diagnostic {
  return error({
    code: 'restricted-env-var',
    family: 'Parsing Error',
    message: `--restricted: the environment variable '${name}' may not be read`,
    hint: `where it may, name it: --allow-env ${name}`,
  });
}

export function secretNotAllowed(name: string): Diagnostic {
  return error({
    code: 'secret-env-var',
    family: 'Parsing Error',
    message: `Secret env vars are allowed only in profiles.yml or packages.yml. Found '${name}' referenced elsewhere.`,
    hint: 'use a variable without the DBT_ENV_SECRET prefix for values that are not secret',
  });
}

export function dispatchNotFound(
  name: string,
  tried: readonly string[],
  known: Iterable<string>,
): Diagnostic {
  return error({
    code: 'dispatch-not-found',
    message: `In dispatch: No macro named '${name}' found within namespace; searched for: ${tried.join(', ')}`,
    hint: didYouMean(tried[0] ?? name, known),
  });
}

export function dispatchDotted(name: string): Diagnostic {
  const [packageName, macro] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
  return error({
    code: 'dispatch-dotted',
    message: `In adapter.dispatch, got a macro name of '${name}', but '.' is not a valid macro name component`,
    hint: `did you mean adapter.dispatch('${macro}', macro_namespace='${packageName}')?`,
  });
}

export function itertoolsDeprecated(): Diagnostic {
  return warning({
    code: 'itertools-deprecated',
    message: 'modules.itertools is deprecated',
    hint: 'write the loop itself',
    event: 'ModulesItertoolsUsageDeprecation',
  });
}

export function snapshotTimestamps(clock: string, updatedAt: string): Diagnostic {
  return warning({
    code: 'snapshot-timestamps',
    message: `Data type of snapshot table timestamp columns (${clock}) doesn't match that of updated_at (${updatedAt})`,
    hint: 'cast updated_at in the query of the snapshot',
    event: 'SnapshotTimestampWarning',
    data: { snapshot_time_data_type: clock, updated_at_data_type: updatedAt },
  });
}

export function keyOfMeta(key: string): Diagnostic {
  return warning({
    code: 'config-key-of-meta',
    message: `config.get('${key}') does not look into meta, where '${key}' is`,
    hint: `write config.meta_get('${key}')`,
    event: 'GetMetaKeyWarning',
    data: { meta_key: key },
  });
}

export function constraintNotSupported(kind: string, adapterType: string): Diagnostic {
  return warning({
    code: 'constraint-not-supported',
    message: `${adapterType} knows no constraints of type ${kind}: they are left out of the table`,
    hint: "'warn_unsupported: false' on the constraint says that this is known",
    event: 'ConstraintNotSupported',
    data: { constraint: kind, adapter: adapterType },
  });
}

export function constraintNotEnforced(kind: string, adapterType: string): Diagnostic {
  return warning({
    code: 'constraint-not-enforced',
    message: `${adapterType} writes constraints of type ${kind} down and does not enforce them`,
    hint: "'warn_unenforced: false' on the constraint says that this is known",
    event: 'ConstraintNotEnforced',
    data: { constraint: kind, adapter: adapterType },
  });
}

/** What `exceptions.raise_*` of a template raises. */
export function raisedByTemplate(message: string, family: Family): Diagnostic {
  return error({ code: 'raised-by-template', family, message });
}

/** `load_result` of a statement whose result a template has taken already; dbt forgets it then. */
export function resultGiven(name: string): Diagnostic {
  return error({
    code: 'raised-by-template',
    message: `the result of the statement '${name}' was loaded before, and is given once only`,
    hint: `load it once: {% set ${/^[a-z_]\w*$/i.test(name) ? name : 'result'} = load_result('${name}') %}`,
  });
}

/** One setting came for the other; dbt refuses both at once, whatever they say. */
export function hardDeletesTwice(): Diagnostic {
  return raisedByTemplate(
    "a snapshot has 'hard_deletes' or 'invalidate_hard_deletes', which came before it, and not both",
    'Runtime Error',
  );
}

export function hardDeletesUnknown(given: string, known: readonly string[]): Diagnostic {
  return raisedByTemplate(`hard_deletes is one of ${known.join(', ')}, not '${given}'`, 'Runtime Error');
}

/** `adapter.verify_database`: macros of warehouses whose connections see one database only. */
export function otherDatabase(type: string, database: string, connected: string): Diagnostic {
  return raisedByTemplate(
    `a connection of ${type} sees one database only, '${connected}', not '${database}'`,
    'Runtime Error',
  );
}

export function warehouseWhileParsing(what: string): Diagnostic {
  return error({
    code: 'warehouse-while-parsing',
    message: `${what} needs the warehouse, which is not there while the project is parsed`,
    hint: 'put it inside {% if execute %} ... {% endif %}',
  });
}

/** Silent in Jinja2, and mostly a mistake. */
export function undefinedPrinted(name: string, span: Span, known: Iterable<string>): Diagnostic {
  return warning({
    code: 'undefined-printed',
    message: `'${name}' is undefined here and prints nothing`,
    span,
    hint: didYouMean(name, known) ?? `if that is meant, write ${name} | default('')`,
  });
}

export function strategyWithoutMacro(strategy: string): Diagnostic {
  const macro = `get_incremental_${strategy.replaceAll('+', '_')}_sql`;
  return error({
    code: 'strategy-without-macro',
    family: 'Runtime Error',
    message: `incremental strategy '${strategy}' has no macro: '${macro}' was not found`,
    hint: `write {% macro ${macro}(arg_dict) %}, or use one of the adapter's strategies`,
  });
}

export function notAvailable(what: string, hint: string | null): Diagnostic {
  return error({ code: 'not-available', message: `${what} is not available in sluice`, hint });
}

export const raiseDiagnostic = (diagnostic: Diagnostic): never => {
  throw new DiagnosticError(diagnostic);
};

export function refArgumentUnknown(name: string): Diagnostic {
  return warning({
    code: 'ref-argument-unknown',
    message: `ref() has no argument '${name}', which is passed over`,
    hint: didYouMean(name, ['v', 'version']),
  });
}

/** dbt's words: what is to be dropped must say whether it is a table or a view. */
export function dropOfNoType(relation: string): Diagnostic {
  return error({
    code: 'relation-type-missing',
    message: `Tried to drop relation ${relation}, but its type is null.`,
    hint: "take it from load_cached_relation(relation), or say its type: relation.incorporate(type='table')",
  });
}
