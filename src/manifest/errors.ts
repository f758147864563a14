import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import type { ModelNode } from './node.ts';

export function strayBlock(tag: string, span: Span): Diagnostic {
  const message = `a '${tag}' tag outside of every block has no effect here`;
  return warning({
    code: 'unexpected-jinja-block',
    message,
    span,
    event: 'UnexpectedJinjaBlockDeprecation',
    data: { msg: message, file: span.file },
  });
}

export function docsWithoutName(span: Span): Diagnostic {
  return warning({
    code: 'docs-without-name',
    message: 'a docs block without a name is passed over: nothing can refer to it',
    span,
    hint: 'give it one: {% docs name %}',
  });
}

export function functionArgumentOrder(label: string, argument: string, span: Span): Diagnostic {
  return error({
    code: 'function-argument-order',
    family: 'Parsing Error',
    message: `${label}: the argument '${argument}' has no default, but stands behind one that has`,
    span,
    hint: 'arguments with a default come last',
  });
}

export function seedWithDependencies(label: string, span: Span): Diagnostic {
  return error({
    code: 'seed-with-dependencies',
    family: 'Parsing Error',
    message: `a hook of ${label} calls ref, source or metric, but seeds cannot depend on other nodes`,
    span,
    hint: 'name the relation with {{ this }}, or move the hook to a model',
  });
}

export function snapshotIncomplete(label: string, message: string, span: Span): Diagnostic {
  return error({ code: 'snapshot-config', family: 'Parsing Error', message: `${label}: ${message}`, span });
}

export function microbatchConfig(label: string, message: string, span: Span): Diagnostic {
  return error({ code: 'microbatch-config', family: 'Parsing Error', message: `${label}: ${message}`, span });
}

export function microbatchMacroOfProject(packageName: string, span: Span): Diagnostic {
  return warning({
    code: 'microbatch-macro',
    message: `package '${packageName}' has a get_incremental_microbatch_sql of its own, which is run once, not for each batch`,
    span,
    hint: 'set the flag require_batched_execution_for_custom_microbatch_strategy to have it run in batches',
    event: 'MicrobatchMacroOutsideOfBatchesDeprecation',
  });
}

export function microbatchUnfiltered(name: string, span: Span): Diagnostic {
  return warning({
    code: 'microbatch-unfiltered',
    message: `The microbatch model '${name}' has no 'ref' or 'source' input with an 'event_time' configuration: every batch reads all rows`,
    span,
    hint: 'set event_time on what it reads',
    event: 'MicrobatchModelNoEventTimeInputs',
    data: { model_name: name },
  });
}

export function batchesInTurn(count: number, adapterType: string): Diagnostic {
  const models = count === 1 ? '1 microbatch model asks' : `${count} microbatch models ask`;
  return warning({
    code: 'batches-in-turn',
    message: `${models} for 'concurrent_batches', which ${adapterType} cannot do: batches are built one after the other`,
    hint: 'leave the configuration out',
    event: 'InvalidConcurrentBatchesConfig',
    data: { num_models: count, adapter_type: adapterType },
  });
}

export function unknownGroup(label: string, group: string, known: readonly string[], span: Span): Diagnostic {
  const expected = known.length === 0 ? 'the project has no groups' : `expected one of ${known.join(', ')}`;
  return error({
    code: 'unknown-group',
    family: 'Parsing Error',
    message: `Invalid group '${group}' of ${label}: ${expected}`,
    span,
    hint: didYouMean(group, known),
  });
}

export function publicEphemeral(label: string, span: Span): Diagnostic {
  return error({
    code: 'public-ephemeral',
    family: 'Parsing Error',
    message: `${label} is ephemeral and cannot have public access`,
    span,
  });
}

export function deprecatedModel(model: ModelNode, date: string, span: Span): Diagnostic {
  const { name, version } = model;
  return warning({
    code: 'model-deprecated',
    message: `Model ${name} has passed its deprecation date of ${date}. This model should be disabled or removed`,
    span,
    event: 'DeprecatedModel',
    data: { model_name: name, model_version: String(version ?? ''), deprecation_date: date },
  });
}
