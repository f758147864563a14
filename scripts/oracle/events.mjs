import { isDeepStrictEqual } from 'node:util';

/**
 * Events of dbt's that are about what is different by design: its connections and statements, its parser's state, its
 * telemetry, Python's stacks. docs/logs-and-artifacts.md has the list with the reasons.
 */
const theirsOnly = new Set(
  `AdapterEventDebug CacheAction CacheDumpGraph CacheMiss ColTypeChange ConnectionClosed ConnectionClosedInCleanup
  ConnectionLeftOpen ConnectionLeftOpenInCleanup ConnectionReused ConnectionUsed FlushEvents InputFileDiffError JinjaLogDebug
  ListRelations LogDebugStackTrace MainStackTrace MainTrackingUserState NewConnection NewConnectionOpening
  ParsePerfInfoPath PartialParsingEnabled PartialParsingFile PartialParsingNotEnabled PartialParsingSkipParsing Rollback
  SQLCommit SQLQuery SQLQueryStatus SchemaCreation SchemaDrop SendingEvent StateCheckVarsHash SystemExecutingCmd SystemStdErr
  SystemStdOut TrackingInitializeFailure UnableToPartialParse`.split(/\s+/),
);

/** Of which there is no telling how many there are, or where they stand. */
const uncounted = new Set(['ArtifactWritten', 'Formatting', 'Note']);

/** What ours have beside dbt's fields. */
const added = new Set(['code', 'file', 'hint', 'msg']);

/** Fields whose values cannot be the same: times, sizes, places in the order of nodes, our version, texts of errors. */
const measured = new Set(
  `adapter_version args bmsg breaking_changes completed_at cmd elapsed elapsed_time exc exc_info execution execution_time generated_at index
  node_finished_at node_started_at process_in_blocks process_kernel_time process_mem_max_rss process_out_blocks
  process_user_time command_wall_clock_time results stack_trace started_at thread timing_info`.split(/\s+/),
);

/** The lines of a JSON log; what is no JSON (dbt prints some tables as they are) is left out. */
export function readEvents(output) {
  return output.split('\n').flatMap((line) => {
    try {
      const event = JSON.parse(line);
      return typeof event?.info?.name === 'string' ? [event] : [];
    } catch {
      return [];
    }
  });
}

/** What is compared of a log, with its folder written as `<project>`: the form in which tests keep dbt's. */
export function keptEvents(events, folder) {
  const kept = events.filter(({ info }) => !theirsOnly.has(info.name) && !uncounted.has(info.name));
  return kept.map(({ info: { name, code, level }, data }) => ({
    info: { name, code, level },
    data: plain(data, folder),
  }));
}

/** The warnings among events, each once, in an order that has nothing to do with where they were met. */
export function warningsOf(events) {
  const warnings = events.filter(({ info }) => info.level === 'warn' && info.name !== 'DeprecationsSummary');
  const byText = new Map(warnings.map((event) => [`${event.info.name} ${sortedText(event.data)}`, event]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
}

/** Data as a text, without what differs in its words. */
function sortedText(data) {
  const keys = Object.keys(data).filter((key) => !added.has(key) && !measured.has(key));
  return JSON.stringify(data, keys.sort());
}

/**
 * How two logs differ, a line each: which events each node has and in which order, which the invocation has, and of
 * those that both have the code, the level and the data. Between nodes there is no order.
 */
export function compareEvents(theirs, ours, folders) {
  const [dbt, sluice] = [theirs, ours].map((events) =>
    grouped(events.filter(({ info }) => !theirsOnly.has(info.name) && !uncounted.has(info.name))),
  );
  const out = [];
  for (const of of new Set([...dbt.keys(), ...sluice.keys()])) {
    const [a, b] = [dbt.get(of) ?? [], sluice.get(of) ?? []];
    const [names, own] = [a, b].map((events) => events.map(({ info }) => info.name));
    const pairs = aligned(names, own);
    for (const [i, j] of pairs) {
      if (i === null) out.push(`${of}: only sluice has ${own[j]}`);
      else if (j === null) out.push(`${of}: only dbt has ${names[i]}`);
      else out.push(...differences(a[i], b[j], folders).map((text) => `${of}: ${names[i]}: ${text}`));
    }
  }
  return out;
}

function grouped(events) {
  const groups = new Map();
  for (const event of events) {
    const of = event.data?.node_info?.unique_id || event.data?.unique_id || 'invocation';
    groups.set(of, [...(groups.get(of) ?? []), event]);
  }
  return groups;
}

/** Pairs of indices by a longest common subsequence; null where one side lacks the event. */
function aligned(a, b) {
  const best = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) pairs.push([i++, j++]);
    else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1])) pairs.push([i++, null]);
    else pairs.push([null, j++]);
  }
  return pairs;
}

function differences(a, b, [theirFolder, ourFolder]) {
  const out = [];
  for (const key of ['code', 'level']) {
    if (a.info[key] !== b.info[key]) out.push(`${key} ${a.info[key]} / ${b.info[key]}`);
  }
  walk(plain(a.data, theirFolder), plain(b.data, ourFolder), '');
  return out;

  function walk(x, y, at) {
    if (isDeepStrictEqual(x ?? null, y ?? null)) return;
    if (isMapping(x) && isMapping(y)) {
      for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
        if (at === '' && added.has(key) && !(key in x)) continue;
        walk(x[key], y[key], at === '' ? key : `${at}.${key}`);
      }
    } else out.push(`${at} ${short(x)} / ${short(y)}`);
  }
}

const isMapping = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const short = (value) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 160));

/** Whether there is a value is compared of what is measured; folders and counts of macros are made the same. */
function plain(data, folder) {
  return JSON.parse(JSON.stringify(data), (key, value) => {
    if (measured.has(key)) return value === '' && key !== 'exc_info' ? '' : '…';
    if (typeof value !== 'string') return value;
    if (/^\w+ Error/.test(value)) return '… Error';
    const text = value.replaceAll(folder, '<project>').replace(/^dbt (?=[a-z])/, '');
    if (key !== 'stat_line') return text;
    // Types of nodes are counted in the order in which their files were found.
    return text
      .replace(/\d+ macros/, '… macros')
      .split(', ')
      .sort()
      .join(', ');
  });
}
