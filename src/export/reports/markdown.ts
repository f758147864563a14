import { byType, type Issue, type ResultKind, type Told, type ToldResult, typeName } from './told.ts';

/** What GitHub takes of one step's summary, in bytes. */
export const summaryLimit = 1024 * 1024;

const longestMessage = 4000;
const mostRows = 50;
const slowestShown = 10;

/**
 * What somebody who reviews a change wants to know, as Markdown without links: numbers, what failed and why, what
 * warned, what took long. Never longer than `limit` bytes; what is left out is counted.
 */
export function markdownReport(told: Told, limit = summaryLimit): string {
  const blocks = [
    ...headBlocks(told),
    ...section('Errors', told.errors, (issue) => [issueBlock(issue)]),
    ...section('Failed nodes', of(told, 'errored'), nodeBlocks),
    ...tableSection('Failed tests', of(told, 'failed'), testHead, testRow),
    ...tableSection('Tests that warn', of(told, 'warned'), testHead, testRow),
    ...section('Warnings', told.warnings, (issue) => [`- ${warningText(issue)}`], ''),
    ...slowestBlocks(told),
  ];
  return withinLimit(blocks, limit);
}

const of = (told: Told, kind: ResultKind): readonly ToldResult[] =>
  told.results.filter((result) => result.kind === kind);

/** What there is to say first: title, how it ended, numbers. */
function headBlocks(told: Told): readonly string[] {
  const count = (kind: ResultKind): number => of(told, kind).length;
  const troubles = [
    ...(told.errors.length > 0 ? ['could not run'] : []),
    ...(told.interrupted ? ['interrupted'] : []),
    ...(['errored', 'failed', 'warned', 'skipped'] as const)
      .filter((kind) => count(kind) > 0)
      .map((kind) => `${count(kind)} ${kind}`),
  ];
  const about = [
    ...(told.projectName === null ? [] : [`project ${code(told.projectName)}`]),
    ...(told.targetName === null ? [] : [`target ${code(told.targetName)}`]),
    duration(told.elapsedMs),
  ];
  const title = `## sluice ${told.command}: ${troubles.length === 0 ? 'all well' : troubles.join(', ')}`;
  const table =
    told.results.length === 0
      ? []
      : [
          tableText(
            ['', 'passed', 'warned', 'failed', 'errored', 'skipped'],
            byType(told).map(([type, results]) => [
              type,
              ...kinds.map((kind) => String(results.filter((one) => one.kind === kind).length)),
            ]),
          ),
        ];
  return [title, about.join(' · '), ...table];
}

const kinds: readonly ResultKind[] = ['passed', 'warned', 'failed', 'errored', 'skipped'];

/** A heading and what stands below it, the first fifty items; nothing where there are none. */
function section<Item>(
  title: string,
  items: readonly Item[],
  blocksOf: (item: Item) => readonly string[],
  separator = '\n\n',
): readonly string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, mostRows).flatMap(blocksOf);
  const more = items.length > mostRows ? [`… and ${items.length - mostRows} more`] : [];
  const blocks = separator === '' ? [shown.join('\n')] : shown;
  return [`### ${title}`, ...blocks, ...more];
}

function tableSection<Item>(
  title: string,
  items: readonly Item[],
  head: readonly string[],
  rowOf: (item: Item) => readonly string[],
): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length > mostRows ? [`… and ${items.length - mostRows} more`] : [];
  return [`### ${title}`, tableText(head, items.slice(0, mostRows).map(rowOf)), ...more];
}

function nodeBlocks(result: ToldResult): readonly string[] {
  const { resourceType, name, issue, message, status, compiledPath } = result;
  const title = `#### ${typeName(resourceType)} ${code(name)}`;
  const body = issue === null ? fenced(message ?? status) : issueBlock(issue);
  return [title, body, ...(compiledPath === null ? [] : [`compiled code at ${code(compiledPath)}`])];
}

function issueBlock({ code: name, message, location, frame, hint }: Issue): string {
  const lines = [
    `${name}: ${message}`,
    ...(location === null ? [] : [`  ${location}`]),
    ...(frame === null ? [] : [frame]),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ];
  return fenced(lines.join('\n'));
}

const testHead = ['test', 'rows', 'where', 'message'];

const testRow = ({ name, failures, place, path, message, status }: ToldResult): readonly string[] => [
  code(name),
  failures === null ? '' : String(failures),
  code(place === null ? path : `${place.file}:${place.line}`),
  code(message ?? status),
];

function warningText({ code: name, message, location }: Issue): string {
  const where = location === null ? '' : ` at ${code(location)}`;
  return `${code(name)}: ${code(message)}${where}`;
}

function slowestBlocks(told: Told): readonly string[] {
  const slowest = told.results
    .filter(({ elapsedMs }) => elapsedMs > 0)
    .toSorted((a, b) => b.elapsedMs - a.elapsedMs)
    .slice(0, slowestShown);
  if (slowest.length === 0) return [];
  const rows = slowest.map((one) => [typeName(one.resourceType), code(one.name), duration(one.elapsedMs)]);
  return ['### Slowest', tableText(['', 'node', 'time'], rows)];
}

const tableText = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.floor(seconds % 60)} s`;
}

/** Text of others within a line: no markup of theirs counts, and it fits into a table. */
function code(text: string): string {
  const line = cut(text).replace(/\s+/g, ' ').trim();
  const ticks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${cut(text)}\n${fence}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

const cut = (text: string): string =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;

const cutNote = 'The rest does not fit here.';

function withinLimit(blocks: readonly string[], limit: number): string {
  const out: string[] = [];
  let size = Buffer.byteLength(cutNote) + 2;
  for (const block of blocks) {
    size += Buffer.byteLength(block) + 2;
    if (size > limit) return [...out, cutNote, ''].join('\n\n').slice(0, -1);
    out.push(block);
  }
  return `${out.join('\n\n')}\n`;
}
