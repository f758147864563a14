import type { Value } from '../../jinja/values.ts';
import type { ModuleClock } from './datetime/clock.ts';
import { datetimeModule } from './datetime/index.ts';
import { itertoolsModule } from './itertools.ts';
import { pytzModule } from './pytz.ts';
import { reModule } from './re/index.ts';

/**
 * What templates see as `modules`: the parts of Python's standard library that dbt shows, as dicts. The regular
 * expression engine and the time zone tables are loaded by their first use only. `onItertools` is told of every call of
 * `itertools`, which dbt deprecates.
 */
export function createModules(clock: ModuleClock, onItertools: () => void): Value {
  return Object.freeze({
    datetime: Object.freeze(datetimeModule(clock)),
    pytz: Object.freeze(pytzModule()),
    re: Object.freeze(reModule()),
    itertools: Object.freeze(itertoolsModule(onItertools)),
  });
}
