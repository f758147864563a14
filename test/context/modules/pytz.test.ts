import { describe } from 'vitest';
import { pythonTable } from './module-table.ts';

// Expected values come from Python 3.11 with Jinja2 3.1 and pytz 2026.6, not from hand.

describe('modules.pytz', () => {
  pythonTable([
    [
      'modules.datetime.datetime(2024,1,1) < modules.datetime.datetime(2024,1,1,tzinfo=modules.pytz.utc)',
      { error: "TypeError: can't compare offset-naive and offset-aware datetimes" },
    ],
    [
      'modules.datetime.datetime(2024,1,1) - modules.datetime.datetime(2024,1,1,tzinfo=modules.pytz.utc)',
      { error: "TypeError: can't subtract offset-naive and offset-aware datetimes" },
    ],
    [
      'modules.datetime.datetime(2024,1,1) == modules.datetime.datetime(2024,1,1,tzinfo=modules.pytz.utc)',
      'False',
    ],
    ['modules.datetime.datetime(2024,1,1,tzinfo=modules.pytz.utc).strftime("%z %Z")', '+0000 UTC'],
    ['modules.datetime.datetime.fromtimestamp(0, modules.pytz.utc)', '1970-01-01 00:00:00+00:00'],
    ['modules.datetime.datetime(2024,1,1,tzinfo=modules.pytz.utc).timestamp()', '1704067200.0'],
    ['modules.pytz.utc', 'UTC'],
    ['modules.pytz.timezone("Europe/Berlin")', 'Europe/Berlin'],
    ['modules.pytz.timezone("UTC")', 'UTC'],
    ['modules.pytz.timezone("US/Eastern").zone', 'US/Eastern'],
    [
      '[modules.pytz.utc, modules.pytz.timezone("Europe/Berlin"), modules.pytz.FixedOffset(330), modules.pytz.timezone("America/New_York"), modules.pytz.timezone("Asia/Kolkata")]',
      "[<UTC>, <DstTzInfo 'Europe/Berlin' LMT+0:53:00 STD>, pytz.FixedOffset(330), <DstTzInfo 'America/New_York' LMT-1 day, 19:04:00 STD>, <DstTzInfo 'Asia/Kolkata' LMT+5:53:00 STD>]",
    ],
    [
      '[modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,7,1)), modules.datetime.datetime(2024,7,1,tzinfo=modules.pytz.timezone("Europe/Berlin"))]',
      "[datetime.datetime(2024, 7, 1, 0, 0, tzinfo=<DstTzInfo 'Europe/Berlin' CEST+2:00:00 DST>), datetime.datetime(2024, 7, 1, 0, 0, tzinfo=<DstTzInfo 'Europe/Berlin' LMT+0:53:00 STD>)]",
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,7,1))',
      '2024-07-01 00:00:00+02:00',
    ],
    [
      'modules.datetime.datetime(2024,7,1,tzinfo=modules.pytz.timezone("Europe/Berlin"))',
      '2024-07-01 00:00:00+00:53',
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,3,31,2,30))',
      '2024-03-31 02:30:00+01:00',
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,10,27,2,30))',
      '2024-10-27 02:30:00+01:00',
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,10,27,2,30),is_dst=true)',
      '2024-10-27 02:30:00+02:00',
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,3,31,2,30),is_dst=true)',
      '2024-03-31 02:30:00+02:00',
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,3,31,2,30),is_dst=none)',
      { error: 'NonExistentTimeError: 2024-03-31 02:30:00' },
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,10,27,2,30),is_dst=none)',
      { error: 'AmbiguousTimeError: 2024-10-27 02:30:00' },
    ],
    [
      'modules.pytz.timezone("Europe/Berlin").normalize(modules.pytz.timezone("Europe/Berlin").localize(modules.datetime.datetime(2024,3,31,2,30)))',
      '2024-03-31 03:30:00+02:00',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,1,1)).astimezone(modules.pytz.timezone("America/New_York"))',
      '2023-12-31 19:00:00-05:00',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("US/Pacific")).strftime("%Y-%m-%d %H:%M %Z %z")',
      '2024-06-30 17:00 PDT -0700',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("Asia/Tokyo")).tzname()',
      'JST',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("America/Sao_Paulo")).tzname()',
      '-03',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("Australia/Sydney")).tzname()',
      'AEST',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("Asia/Dubai")).tzname()',
      '+04',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("Europe/London")).tzname()',
      'BST',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,7,1)).astimezone(modules.pytz.timezone("Asia/Kathmandu")).tzname()',
      '+0545',
    ],
    ['modules.pytz.timezone("Europe/Berlin").utcoffset(modules.datetime.datetime(2024,7,1))', '2:00:00'],
    ['modules.pytz.timezone("Europe/Berlin").dst(modules.datetime.datetime(2024,7,1))', '1:00:00'],
    ['modules.pytz.timezone("Europe/Berlin").tzname(modules.datetime.datetime(2024,1,1))', 'CET'],
    ['modules.pytz.timezone("Nope")', { error: "UnknownTimeZoneError: 'Nope'" }],
    ['modules.pytz.timezone("europe/berlin")', 'Europe/Berlin'],
    [
      'modules.pytz.utc.localize(modules.pytz.utc.localize(modules.datetime.datetime(2024,1,1)))',
      { error: 'ValueError: Not naive datetime (tzinfo is already set)' },
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,1,1)) - modules.pytz.timezone("America/New_York").localize(modules.datetime.datetime(2024,1,1))',
      '-1 day, 19:00:00',
    ],
    [
      'modules.pytz.utc.localize(modules.datetime.datetime(2024,1,1)) == modules.pytz.timezone("America/New_York").localize(modules.datetime.datetime(2023,12,31,19))',
      'True',
    ],
    ['modules.pytz.utc.localize(modules.datetime.datetime(2024,1,1)).utcoffset()', '0:00:00'],
    [
      'modules.pytz.timezone("America/New_York").localize(modules.datetime.datetime(2024,1,1)) + modules.datetime.timedelta(days=180)',
      '2024-06-29 00:00:00-05:00',
    ],
    [
      'modules.pytz.timezone("America/New_York").localize(modules.datetime.datetime(2024,1,1)).replace(tzinfo=none)',
      '2024-01-01 00:00:00',
    ],
  ]);
});
