import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Emit } from '../../core/event.ts';
import type { SecretMask } from '../../core/secret.ts';
import type { World } from '../../core/world.ts';
import type { RenderYamlValue } from '../render-tree.ts';
import type { SealedTexts } from './sealed-text.ts';

/** What installing packages needs of its invocation. */
export interface PackageContext {
  /** The root project's folder, absolute. */
  readonly directory: string;
  readonly world: World;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Tells a warning, or throws it where warnings are errors. */
  readonly report: (diagnostic: Diagnostic) => void;
  readonly secrets: SecretMask;
  readonly texts: SealedTexts;
  /** Renders texts of package files; secrets come out sealed. */
  readonly render: RenderYamlValue;
  /** False under `--no-version-check`: versions that want another dbt are taken too. */
  readonly versionCheck: boolean;
  /** Open no connection. */
  readonly offline: boolean;
  /** The project is not trusted: packages of any other place are refused. */
  readonly hubOnly?: boolean;
}
