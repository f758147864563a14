import { version } from '../core/version.ts';

/** What `sluice` alone says. Loads nothing: it is the first thing that anyone sees. */
export function landingText(inProject: boolean): string {
  const next = inProject
    ? [
        '  sluice build            build and test everything in this project',
        '  sluice ls               what is in it',
        '  sluice debug            can the warehouse be reached?',
      ]
    : [
        '  sluice init shop        make a small project that runs at once, no warehouse needed',
        '  cd shop && sluice build',
        '',
        'In a folder with a dbt_project.yml: `sluice build` runs it as dbt does.',
      ];
  return [
    `sluice ${version}: SQL transformations in the order of their graph, for projects as dbt has them.`,
    '',
    'Next:',
    ...next,
    '',
    'All commands: sluice --help',
    '',
  ].join('\n');
}

export const versionText = (dbtVersion: string): string =>
  `sluice ${version} (answers as dbt ${dbtVersion})\n`;
