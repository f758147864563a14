import { expect, test } from 'vitest';
import { makeFloat } from '../../src/jinja/values.ts';
import { testHash, testNames } from '../../src/manifest/test-names.ts';

// Expectations: dbt-core 1.11.16, synthesize_generic_test_names and create_test_node.

test('a name joins the type, the target and the values of the arguments in the order of their names', () => {
  const args = { quote: true, column_name: 'status', values: ['a b', 1, makeFloat(2), null], model: 'never' };
  const { full, short } = testNames('accepted_values', 'orders', args);
  expect(full).toBe('accepted_values_orders_status__True__a_b__1__2_0__None');
  expect(short).toBe(full);
});

test('a test without arguments ends in an underscore', () => {
  expect(testNames('fresh', 'orders', { model: 'x' }).full).toBe('fresh_orders_');
});

test('from 64 characters on the short name is thirty characters and a hash of the whole', () => {
  const values = ['placed', 'shipped', 'completed', 'return_pending', 'returned'];
  const { full, short } = testNames('accepted_values', 'stg_orders', { column_name: 'status', values });
  expect(full).toBe(
    'accepted_values_stg_orders_status__placed__shipped__completed__return_pending__returned',
  );
  expect(short).toBe('accepted_values_stg_orders_4f514bf94b77b7ea437830eec4421c58');
});

test('63 characters are short enough', () => {
  const fits = 'x'.repeat(63 - 'unique_t_'.length);
  expect(testNames('unique', 't', { column_name: fits }).short).toHaveLength(63);
  expect(testNames('unique', 't', { column_name: `${fits}x` }).short).not.toContain(fits);
});

test('the hash of a unique id is that of dbt', () => {
  const model = "{{ get_where_subquery(ref('customers')) }}";
  const kwargs = { column_name: 'customer_id', model };
  const metadata = { namespace: null, name: 'unique', kwargs };
  expect(testHash('unique_customers_customer_id', metadata)).toBe('c5af1ff4b1');
});
