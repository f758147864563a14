import { errorDescriptions } from './error-descriptions.ts';
import { junitReport } from './junit.ts';
import type { ReportKind } from './kinds.ts';
import { markdownReport } from './markdown.ts';
import { sarifReport } from './sarif.ts';
import { gather, type ReportInput, type Told } from './told.ts';

/** One invocation as a text for other programs, or for people who did not see it. */
export function reportText(kind: ReportKind, told: Told): string {
  switch (kind) {
    case 'junit':
      return junitReport(told);
    case 'markdown':
      return markdownReport(told);
    case 'sarif':
      return sarifReport(told, errorDescriptions());
  }
}

/** The same, of what an invocation told. */
export const report = (kind: ReportKind, input: ReportInput): string => reportText(kind, gather(input));
