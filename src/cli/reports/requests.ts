import { closeSync, lstatSync, openSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../../core/diagnostic.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { didYouMean } from '../../core/nearest.ts';
import { isSystemError } from '../../core/system-error.ts';
import { type ReportKind, reportKinds } from '../../export/reports/kinds.ts';
import { reportInvalid, reportNotWritable } from '../errors.ts';

export interface ReportRequest {
  readonly kind: ReportKind;
  /** Absolute. */
  readonly path: string;
}

/** Reads the values of `--report`, `kind=file`. Throws a diagnostic for each that makes no sense. */
export function reportRequests(
  values: readonly string[],
  workingDirectory: string,
): readonly ReportRequest[] {
  const requests: ReportRequest[] = [];
  const wrong: Diagnostic[] = [];
  for (const value of values) {
    const at = value.indexOf('=');
    const name = at < 0 ? value : value.slice(0, at);
    const kind = reportKinds.find((known) => known === name);
    const file = at < 0 ? '' : value.slice(at + 1);
    const path = resolve(workingDirectory, file);
    if (kind === undefined) {
      const hint =
        didYouMean(name, reportKinds) ?? `there are ${reportKinds.join(', ')}: --report junit=FILE`;
      wrong.push(reportInvalid(value, `there is no report '${name}'`, hint));
    } else if (file === '') {
      wrong.push(reportInvalid(value, 'it names no file', `--report ${kind}=FILE`));
    } else if (requests.some((request) => request.path === path)) {
      wrong.push(reportInvalid(value, 'two reports cannot be one file', null));
    } else requests.push({ kind, path });
  }
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  return requests;
}

/**
 * Makes sure that reports can be written before anything is begun, and takes away those of former runs: a process that is
 * killed must not leave another run's success. Throws a diagnostic for each that cannot.
 */
export function prepareReports(requests: readonly ReportRequest[]): void {
  const wrong: Diagnostic[] = [];
  for (const { path } of requests) {
    try {
      const problem = makeRoom(path);
      if (problem !== null) wrong.push(reportNotWritable(path, problem));
    } catch (caught) {
      if (!isSystemError(caught)) throw caught;
      wrong.push(reportNotWritable(path, caught.message));
    }
  }
  if (wrong.length > 0) throw new DiagnosticError(wrong);
}

function makeRoom(path: string): string | null {
  makeFolder(dirname(path));
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isFile()) return 'something that is no file is in its place';
  const trial = join(dirname(path), `.${basename(path)}.${process.pid}.try`);
  closeSync(openSync(trial, 'w'));
  rmSync(trial);
  rmSync(path, { force: true });
  return null;
}
