import type { Credentials } from '../adapter/facts.ts';
import type { Diagnostic } from '../core/diagnostic.ts';

/** A file of a project as it was read. */
export interface SourceFile {
  /** Relative to the package's root, with forward slashes: dbt's `original_file_path`. */
  readonly path: string;
  /** The configured folder it was found under, relative to the package's root: `models`. */
  readonly folder: string;
  readonly absolutePath: string;
  readonly text: string;
  /** MD5 of its bytes: tells a change, nothing more. Absent for files of ours. */
  readonly digest?: Uint8Array;
}

/** A seed is read when it is loaded; only its bytes' checksum is known before. */
export interface SeedFile {
  readonly path: string;
  readonly folder: string;
  readonly absolutePath: string;
  readonly sizeBytes: number;
}

/** `dbt_project.yml`, with dbt's defaults filled in and old spellings translated. Paths are relative to the package. */
export interface ProjectSettings {
  readonly name: string;
  readonly version: string | null;
  readonly profile: string | null;
  readonly modelPaths: readonly string[];
  readonly seedPaths: readonly string[];
  readonly testPaths: readonly string[];
  readonly snapshotPaths: readonly string[];
  readonly macroPaths: readonly string[];
  readonly analysisPaths: readonly string[];
  readonly docsPaths: readonly string[];
  readonly assetPaths: readonly string[];
  readonly functionPaths: readonly string[];
  readonly targetPath: string;
  readonly logPath: string;
  readonly packagesInstallPath: string;
  readonly cleanTargets: readonly string[];
  readonly requireDbtVersion: readonly string[];
  readonly quoting: { readonly database?: boolean; readonly schema?: boolean; readonly identifier?: boolean };
  /** As written; undefined where the file says nothing, which means dbt's default comment. */
  readonly queryComment: unknown;
  readonly dispatch: readonly { readonly macroNamespace: string; readonly searchOrder: readonly string[] }[];
  /** Unrendered: hooks are templates of the run. */
  readonly onRunStart: readonly unknown[];
  readonly onRunEnd: readonly unknown[];
  /**
   * `vars` as written (unrendered), scoped: `{ my_package: {...}, name: value }`. Values below may be PyDicts, as
   * `readYaml` says.
   */
  readonly vars: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
  /**
   * Configuration trees by resource type, rendered: `models`, `seeds`, `data_tests`, ... Hooks in them are not, they
   * are templates of the run. Folders and packages are plain objects.
   */
  readonly configs: Readonly<Record<ConfigSection, Readonly<Record<string, unknown>>>>;
  /** The same trees before their templates were rendered, for `unrendered_config`. */
  readonly unrenderedConfigs: Readonly<Record<ConfigSection, Readonly<Record<string, unknown>>>>;
  /** How the file spells the sections that it has: `tests`, `semantic-models`. */
  readonly writtenSections: Readonly<Partial<Record<ConfigSection, string>>>;
  readonly restrictAccess: boolean;
}

export type ConfigSection =
  | 'models'
  | 'seeds'
  | 'snapshots'
  | 'sources'
  | 'data_tests'
  | 'unit_tests'
  | 'exposures'
  | 'metrics'
  | 'semantic_models'
  | 'saved_queries'
  | 'functions'
  | 'analyses';

/** One package: the root project, an installed one, or one of ours (`dbt`, `dbt_duckdb`). */
export interface ProjectPackage {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly settings: ProjectSettings;
  /** Where `settings` were read, for errors. */
  readonly settingsFile: SourceFile | null;
  readonly files: PackageFiles;
}

/** Files by what they hold, each list sorted by path. A file under two folders stands in the first. */
export interface PackageFiles {
  readonly models: readonly SourceFile[];
  readonly seeds: readonly SeedFile[];
  readonly snapshots: readonly SourceFile[];
  readonly analyses: readonly SourceFile[];
  readonly singularTests: readonly SourceFile[];
  /** `tests/generic/*.sql` */
  readonly genericTests: readonly SourceFile[];
  readonly macros: readonly SourceFile[];
  /** Every property YAML file under any of the resource folders. */
  readonly properties: readonly SourceFile[];
  /** Markdown with docs blocks. */
  readonly docs: readonly SourceFile[];
  /** CSV and SQL under `tests/fixtures`. */
  readonly fixtures: readonly SourceFile[];
  /** SQL and Python under `functions`. */
  readonly functions: readonly SourceFile[];
}

/** Settings and files, and the chosen output of the profile. Holds no result of a template of the project. */
export interface Project {
  readonly root: ProjectPackage;
  /** Installed packages, by name; never ours. */
  readonly packages: readonly ProjectPackage[];
  readonly profileName: string;
  readonly targetName: string;
  readonly credentials: Credentials;
  /** `--vars` of the command line, parsed. */
  readonly cliVars: Readonly<Record<string, unknown>>;
  /** The text of `selectors.yml`, if there is one. */
  readonly selectorsFile: SourceFile | null;
  /** `sluice.yml` beside the project file: our own settings, as data; null where there is none. */
  readonly sluiceFile: { readonly file: SourceFile; readonly data: Readonly<Record<string, unknown>> } | null;
  /** Absolute; the folder that was looked at even where it holds no `profiles.yml`. */
  readonly profilesDirectory: string;
  /** Absolute. */
  readonly targetDirectory: string;
  /** True where no profile was named and the embedded DuckDB file is used. */
  readonly embeddedProfile: boolean;
  readonly warnings: readonly Diagnostic[];
}
