import { version } from '../../core/version.ts';
import { type Command, commands } from './commands.ts';
import { type Flag, globalFlagGroups } from './flags.ts';

const textWidth = 92;

/** Help of everything, of a group of commands (`docs`), or of one command. */
export function helpText(topic: string | null): string {
  const command = commands.find((known) => known.name === topic);
  return command === undefined ? overview(topic) : commandHelp(command);
}

function overview(group: string | null): string {
  const listed = commands.filter((command) => group === null || command.name.startsWith(`${group} `));
  const groups = (['Build', 'Look', 'Set up'] as const)
    .map((title) => [title, listed.filter((command) => command.group === title)] as const)
    .filter(([, members]) => members.length > 0);
  return [
    `sluice ${version}: SQL transformations in the order of their graph, for projects as dbt has them`,
    '',
    `Usage: sluice ${group === null ? '' : `${group} `}<command> [flags]`,
    ...groups.flatMap(([title, members]) => ['', `${title}:`, ...rows(members.map(commandRow))]),
    '',
    ...(group === null ? globalHelp() : ['Flags of every command: see `sluice --help`.', '']),
  ].join('\n');
}

function globalHelp(): readonly string[] {
  return [
    'Flags of every command, before or after its name:',
    ...globalFlagGroups.flatMap(([title, flags]) => ['', `  ${title}`, ...flagRows(flags)]),
    '',
    'Every flag has a variable: --fail-fast is SLUICE_FAIL_FAST, or DBT_FAIL_FAST as in dbt.',
    'The command line wins over variables, those over `flags:` of dbt_project.yml.',
    'Exit codes: 0 all well, 1 something failed, 2 nothing could run or it was interrupted.',
    'Help of a command, with examples: sluice <command> --help',
    '',
  ];
}

function commandHelp(command: Command): string {
  const argument = command.argument === null ? '' : ` [${command.argument.name}]`;
  const also = command.aliases.length === 0 ? '' : ` (also: ${command.aliases.join(', ')})`;
  const flags = flagRows(command.flags);
  return [
    `${command.summary}${also}`,
    '',
    `Usage: sluice ${command.name}${argument} [flags]`,
    ...(flags.length === 0 ? [] : ['', 'Flags:', ...flags]),
    '',
    'Examples:',
    ...rows(command.examples.map(([line, what]) => [`sluice ${line}`, what])),
    '',
    'Flags of every command: see `sluice --help`.',
    '',
  ].join('\n');
}

const commandRow = (command: Command): readonly [string, string] => [
  [command.name, ...command.aliases].join(', '),
  command.summary,
];

function flagRows(flags: readonly Flag[]): readonly string[] {
  return rows(flags.filter((flag) => flag.help !== null).map((flag) => [spellings(flag), flag.help!]));
}

/** `-t, --target <name>`: short forms first, as they are looked for. */
function spellings(flag: Flag): string {
  if (flag.shownOff) return flag.off[0]!;
  const short = flag.on.filter((name) => !name.startsWith('--')).slice(0, 1);
  const long = flag.on.filter((name) => name.startsWith('--')).slice(0, 1);
  const many = flag.kind === 'list' ? '...' : '';
  const value = flag.bare === undefined ? ` <${flag.value}>${many}` : ` [${flag.value}]`;
  return [...short, ...long].join(', ') + (flag.kind === 'boolean' ? '' : value);
}

/** Two columns; a left side that is too long stands alone above its text. */
function rows(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const left = Math.min(34, Math.max(0, ...pairs.map(([name]) => name.length)));
  return pairs.flatMap(([name, text]) => {
    const lines = wrap(text, textWidth - left - 4);
    const pad = ' '.repeat(left + 4);
    const first =
      name.length <= left ? [`  ${name.padEnd(left)}  ${lines[0]}`] : [`  ${name}`, `${pad}${lines[0]}`];
    return [...first, ...lines.slice(1).map((line) => `${pad}${line}`)];
  });
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
