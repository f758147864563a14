import type { Issue, Place, Told } from './told.ts';

/**
 * SARIF 2.1.0: errors and warnings that have a code, as results with their rules. Files are named from the repository's
 * root; an issue without a file stands at the project file, because viewers pass over what stands nowhere.
 * `descriptions` are texts by code.
 */
export function sarifReport(told: Told, descriptions: ReadonlyMap<string, string>): string {
  const issues = [
    ...told.errors,
    ...told.results.flatMap(({ issue }) => (issue === null ? [] : [issue])),
    ...told.warnings,
  ];
  const codes = [...new Set(issues.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sluice',
            version: told.version,
            rules: codes.map((code) => ruleOf(code, descriptions.get(code))),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: told.errors.length === 0 && !told.interrupted }],
        results: issues.map((issue) => resultOf(issue, codes.indexOf(issue.code), told.projectFile)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(id: string, description: string | undefined) {
  const words = id.replaceAll('-', ' ');
  const name = id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    id,
    name,
    shortDescription: { text: words },
    ...(description === undefined
      ? {}
      : { fullDescription: { text: description }, help: { text: description } }),
  };
}

function resultOf(issue: Issue, ruleIndex: number, projectFile: string | null) {
  const { code, severity, message, hint, place, related } = issue;
  const at = place ?? atStartOf(projectFile);
  const others = related.flatMap((one) => (one.place === null ? [] : [{ ...one, place: one.place }]));
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: hint === null ? message : `${message}\n${hint}` },
    locations: at === null ? [] : [locationOf(at)],
    ...(others.length === 0
      ? {}
      : {
          relatedLocations: others.map((one, id) => ({
            id,
            message: { text: one.message },
            ...locationOf(one.place),
          })),
        }),
  };
}

const atStartOf = (file: string | null): Place | null =>
  file === null ? null : { file, line: 1, column: 1, endLine: 1, endColumn: 1 };

function locationOf({ file, line, column, endLine, endColumn }: Place) {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}
