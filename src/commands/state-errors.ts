import { type Diagnostic, error, warning } from '../core/diagnostic.ts';

/** dbt's words where no earlier run was named. */
export function stateMissing(): Diagnostic {
  return error({
    code: 'state-missing',
    family: 'Runtime Error',
    message: '--state or --defer-state are required for deferral, but neither was provided',
    hint: 'name the folder of the manifest.json of that run: --state path/to/target',
  });
}

export function stateManifestMissing(folder: string): Diagnostic {
  return error({
    code: 'state-manifest-missing',
    family: 'Runtime Error',
    message: `Could not find manifest in --state path: "${folder}"`,
    hint: 'the folder, seen from the project, must hold a manifest.json',
  });
}

/** `file` is one of the artifacts that a run leaves. */
export function stateArtifactMissing(folder: string, file: string): Diagnostic {
  return error({
    code: 'state-artifact-missing',
    family: 'Runtime Error',
    message: `there is no ${file} in ${folder} to compare with`,
    hint:
      file === 'sources.json'
        ? '`sluice source freshness` writes it'
        : 'name the folder in which that run left its artifacts',
  });
}

/** Event of dbt: WarnStateTargetEqual. */
export function stateIsTarget(folder: string): Diagnostic {
  return warning({
    code: 'state-is-target',
    family: 'Runtime Error',
    message: `--state names the target folder ${folder} itself, whose artifacts every command writes anew`,
    hint: 'copy the artifacts that are to be compared with to a folder of their own',
    event: 'WarnStateTargetEqual',
    data: { state_path: folder },
  });
}

export function stateOfOtherProject(folder: string, other: string, own: string): Diagnostic {
  return warning({
    code: 'state-of-other-project',
    family: 'Runtime Error',
    message: `the manifest in ${folder} is that of the project '${other}', and this one is '${own}': nothing of both is the same`,
  });
}

export function fresherUnknown(value: string): Diagnostic {
  return error({
    code: 'selector-value-invalid',
    family: 'Runtime Error',
    message: `Invalid source_status selector '${value}'`,
    hint: 'there is one value: source_status:fresher',
  });
}

/** `folder` as it was asked for. */
export function runMissing(folder: string): Diagnostic {
  return error({
    code: 'run-missing',
    family: 'Runtime Error',
    message: `there is no former run in '${folder}' to retry`,
    hint: 'its journal lies in the target folder, under runs: name that folder with --state or --target-path',
  });
}

export function runStillGoing(command: string): Diagnostic {
  return error({
    code: 'run-still-going',
    family: 'Runtime Error',
    message: `the last run, \`${command}\`, is still going on`,
    hint: 'wait until it has ended, or stop it first',
  });
}

export function notRetryable(command: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'not-retryable',
    family: 'Runtime Error',
    message: `a run of '${command}' cannot be retried`,
    hint: `what can be: ${known.join(', ')}`,
  });
}

export function secretsNotKept(names: readonly string[]): Diagnostic {
  const shown = names.map((name) => `'${name}'`).join(', ');
  return error({
    code: 'secrets-not-kept',
    family: 'Runtime Error',
    message: `the last run had secret variables, which no file keeps: ${shown}`,
    hint: `say the variables again: sluice retry --vars '{${names[0]}: ..., ...}'`,
  });
}

export function leftOverGone(ids: readonly string[]): Diagnostic {
  return warning({
    code: 'left-over-gone',
    family: 'Runtime Error',
    message: `the former run left what is not there any more, or disabled: ${ids.join(', ')}`,
  });
}
