import { byType, type Issue, type Told, type ToldResult } from './told.ts';

/** Characters of a failure's text that are kept; what a warehouse says may be as long as a query. */
const longestText = 20_000;

/**
 * JUnit's XML, as GitLab and Jenkins read it: a suite for each resource type, a case for each node, and one more suite
 * for what kept the command from running. A failed test is a failure, a node that broke is an error.
 */
export function junitReport(told: Told): string {
  const suites = [
    ...(told.errors.length === 0 ? [] : [suiteOf(told.command, told, told.errors.map(issueCase))]),
    ...byType(told).map(([type, results]) => suiteOf(type, told, results.map(resultCase))),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const attributes = { name: `sluice ${told.command}`, time: seconds(told.elapsedMs), ...counts(all) };
  const { skipped: _, ...top } = attributes;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributesText(top)}>`,
    ...suites.map(({ text }) => text),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly kind: ToldResult['kind'];
  readonly elapsedMs: number;
  readonly text: string;
}

function suiteOf(name: string, told: Told, cases: readonly Case[]) {
  const time = cases.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const timestamp = new Date(told.startedAt).toISOString().slice(0, 19);
  const text = [
    `  <testsuite${attributesText({ name, ...counts(cases), time: seconds(time), timestamp })}>`,
    ...cases.map((one) => one.text),
    '  </testsuite>',
  ].join('\n');
  return { text, cases };
}

function counts(cases: readonly Case[]) {
  const of = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  return { tests: cases.length, failures: of('failed'), errors: of('errored'), skipped: of('skipped') };
}

function resultCase(result: ToldResult): Case {
  const { name, packageName, path, kind, elapsedMs } = result;
  const folders = path.split('/').filter((part, index, parts) => part !== '.' && index < parts.length - 1);
  const classname = [packageName, ...folders].join('.');
  return caseOf({ name, classname, kind, elapsedMs }, [...outcomeElement(result), ...outputElement(result)]);
}

function issueCase(issue: Issue): Case {
  const { code, message } = issue;
  const name = issue.location === null ? code : `${code} (${issue.location})`;
  const text = element('error', { type: issue.family, message: firstLine(message) }, issueText(issue));
  return caseOf({ name, classname: 'sluice', kind: 'errored', elapsedMs: 0 }, [text]);
}

function caseOf(
  {
    name,
    classname,
    kind,
    elapsedMs,
  }: { name: string; classname: string; kind: Case['kind']; elapsedMs: number },
  elements: readonly string[],
): Case {
  const open = `    <testcase${attributesText({ name, classname, time: seconds(elapsedMs) })}`;
  const text =
    elements.length === 0
      ? `${open}/>`
      : [`${open}>`, ...elements.map((one) => `      ${one}`), '    </testcase>'].join('\n');
  return { kind, elapsedMs, text };
}

function outcomeElement({ kind, issue, message, status }: ToldResult): readonly string[] {
  const told = (message ?? status).trim();
  if (kind === 'skipped') return [element('skipped', { message: told }, '')];
  if (kind === 'failed') return [element('failure', { type: 'failed', message: firstLine(told) }, told)];
  if (kind !== 'errored') return [];
  const type = issue?.code ?? status.replaceAll(' ', '-');
  const shown = issue === null ? told : firstLine(issue.message);
  return [element('error', { type, message: shown }, issue === null ? told : issueText(issue))];
}

/** What helps to look further: the warning, and where the compiled query lies. */
function outputElement({ kind, message, compiledPath, place }: ToldResult): readonly string[] {
  const lines = [
    ...(kind === 'warned' && message !== null ? [`warning: ${message}`] : []),
    ...(place === null || kind === 'passed' ? [] : [`defined at ${place.file}:${place.line}`]),
    ...(compiledPath === null ? [] : [`compiled code at ${compiledPath}`]),
  ];
  return lines.length === 0 ? [] : [element('system-out', {}, lines.join('\n'))];
}

function issueText({ family, code, message, location, frame, hint }: Issue): string {
  return [
    family,
    `${code}: ${message}`,
    ...(location === null ? [] : [location]),
    ...(frame === null ? [] : [frame]),
    ...(hint === null ? [] : [`hint: ${hint}`]),
  ].join('\n');
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!;

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

function element(name: string, attributes: Readonly<Record<string, string>>, text: string): string {
  const open = `<${name}${attributesText(attributes)}`;
  if (text === '') return `${open}/>`;
  const kept = text.length > longestText ? `${text.slice(0, longestText)}\n…` : text;
  return `${open}>${escapeXml(kept)}</${name}>`;
}

const attributesText = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/[\n\r\t]/g, codeOf)}"`)
    .join('');

const codeOf = (character: string): string => `&#${character.charCodeAt(0)};`;

/** Half a surrogate pair, and what XML 1.0 has no way to write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const escapeXml = (text: string): string =>
  text
    .replace(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
