import { type Issue, type Place, type Told, typeName } from './told.ts';

/** GitHub shows as many of each level for one step, and drops the rest without a word. */
const mostOfLevel = 10;

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly place: Place | null;
}

/** GitHub's workflow commands that mark lines of files in a pull request; one line of text each. */
export function annotationLines(told: Told): readonly string[] {
  const all = [
    ...told.errors.map((issue) => ofIssue(issue, issue.code)),
    ...told.results.flatMap((result): readonly Annotation[] => {
      const { kind, resourceType, name, message, status, issue, place } = result;
      if (kind !== 'errored' && kind !== 'failed' && kind !== 'warned') return [];
      const title = `${typeName(resourceType)} ${name}`;
      if (issue !== null) return [{ ...ofIssue(issue, title), place }];
      return [
        { level: kind === 'warned' ? 'warning' : 'error', title, message: (message ?? status).trim(), place },
      ];
    }),
    ...told.warnings.map((issue) => ofIssue(issue, issue.code)),
  ];
  return (['error', 'warning'] as const).flatMap((level) =>
    limited(all.filter((one) => one.level === level)).map(lineOf),
  );
}

const ofIssue = (issue: Issue, title: string): Annotation => ({
  level: issue.severity,
  title,
  message: issue.hint === null ? issue.message : `${issue.message}\nhint: ${issue.hint}`,
  place: issue.place,
});

/** The last one says how many are not shown. */
function limited(annotations: readonly Annotation[]): readonly Annotation[] {
  if (annotations.length <= mostOfLevel) return annotations;
  const shown = annotations.slice(0, mostOfLevel - 1);
  const { level } = shown[0]!;
  const more = annotations.length - shown.length;
  return [
    ...shown,
    { level, title: `${more} more`, message: `${more} more of this kind: see the log`, place: null },
  ];
}

function lineOf({ level, title, message, place }: Annotation): string {
  const properties = {
    ...(place === null ? {} : { file: place.file, line: place.line, ...columnsOf(place) }),
    title,
  };
  const given = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level} ${given.join(',')}::${escapeData(message)}`;
}

/** Columns mean something within one line only; GitHub's end is inclusive. */
function columnsOf({ line, column, endLine, endColumn }: Place): Readonly<Record<string, number>> {
  return line === endLine
    ? { endLine, col: column, endColumn: Math.max(column, endColumn - 1) }
    : { endLine };
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
