{{ config(materialized='table') }}
select
  1::smallint as small,
  1.5::numeric(10, 2) as price,
  2::numeric as amount,
  'a'::varchar(20) as code,
  'b'::char(3) as "Fixed Width",
  'c'::text as words,
  '\x01'::bytea as bytes,
  array[1, 2] as numbers,
  array['a']::varchar(5)[] as codes,
  '{"a": 1}'::jsonb as document,
  interval '1 day' as span,
  timestamptz '2024-01-01 00:00:00+00' as moment,
  timestamp(3) '2024-01-01 00:00:00' as local_moment,
  time '10:00' as at,
  '00000000-0000-0000-0000-000000000000'::uuid as id,
  true as yes
