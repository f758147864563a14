import { appendFileSync, statSync } from 'node:fs';
import { writeWhole } from '../../artifacts/write-whole.ts';
import { type Diagnostic, DiagnosticError } from '../../core/diagnostic.ts';
import type { Event } from '../../core/event.ts';
import { isSystemError } from '../../core/system-error.ts';
import { annotationLines } from '../../export/reports/annotations.ts';
import { markdownReport, summaryLimit } from '../../export/reports/markdown.ts';
import { reportText } from '../../export/reports/report.ts';
import { gather, type Told } from '../../export/reports/told.ts';
import { reportNotWritten } from '../errors.ts';
import type { ReportRequest } from './requests.ts';

export interface ReportWriterOptions {
  readonly requests: readonly ReportRequest[];
  /** File of GitHub's step summary; null where none is wanted. */
  readonly summaryFile: string | null;
  /** Where annotations go, and the levels that are wanted; null where none are. */
  readonly annotations: { write(text: string): void; readonly warnings: boolean } | null;
  readonly projectDir: string;
  readonly repositoryDir: string;
  readonly mask: (text: string) => string;
}

/** Keeps what is told, and writes the reports at the end, once. */
export class ReportWriter {
  readonly #options: ReportWriterOptions;
  readonly #events: Event[] = [];
  #thrown: unknown;
  #written = false;

  constructor(options: ReportWriterOptions) {
    this.#options = options;
  }

  event(event: Event): void {
    if (kept.has(event.name)) this.#events.push(event);
  }

  /** What ended the invocation. */
  failed(thrown: unknown): void {
    this.#thrown ??= thrown;
  }

  /** Writes everything; gives what could not be written. */
  finish(): readonly Diagnostic[] {
    if (this.#written) return [];
    this.#written = true;
    const { requests, projectDir, repositoryDir, mask } = this.#options;
    const told = gather({ events: this.#events, thrown: this.#thrown, projectDir, repositoryDir, mask });
    this.#annotate(told);
    const failures = requests.flatMap(({ kind, path }) =>
      attempt(path, () => writeWhole(path, (write) => write(reportText(kind, told)))),
    );
    return [...failures, ...this.#summarize(told)];
  }

  /** The process ends, whatever the command is doing. */
  close(): void {
    this.finish();
  }

  #annotate(told: Told): void {
    const { annotations } = this.#options;
    if (annotations === null) return;
    const lines = annotationLines(told).filter((line) => annotations.warnings || line.startsWith('::error'));
    if (lines.length > 0) annotations.write(`${lines.join('\n')}\n`);
  }

  /** Adds to what other commands of the same step have written. A command with nothing to say of nodes adds nothing. */
  #summarize(told: Told): readonly Diagnostic[] {
    const { summaryFile } = this.#options;
    if (summaryFile === null || (told.results.length === 0 && told.errors.length === 0)) return [];
    return attempt(summaryFile, () => {
      const size = statSync(summaryFile, { throwIfNoEntry: false })?.size ?? 0;
      const text = markdownReport(told, summaryLimit - size - 1);
      if (size + Buffer.byteLength(text) < summaryLimit) appendFileSync(summaryFile, `${text}\n`);
    });
  }
}

/** Statements and what templates print are no part of any report. */
const kept: ReadonlySet<Event['name']> = new Set([
  'invocation-started',
  'project-parsed',
  'diagnostic',
  'interrupted',
  'node-finished',
  'hook-finished',
  'operation-failed',
  'run-finished',
  'invocation-finished',
]);

function attempt(path: string, write: () => void): readonly Diagnostic[] {
  try {
    write();
    return [];
  } catch (caught) {
    const cause = caught instanceof DiagnosticError ? caught.cause : caught;
    if (!isSystemError(cause)) throw caught;
    return [reportNotWritten(path, cause.message)];
  }
}
