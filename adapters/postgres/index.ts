import type { AdapterModule } from '../../src/adapter/adapter.ts';
import { connect } from './connection.ts';
import { recipes } from './recipes.ts';

/** Loads the driver: imported when the first session is needed. */
export const postgresModule: AdapterModule = { recipes, connect };
