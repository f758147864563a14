import { expect, test } from 'vitest';
import { maskProfileText } from '../../src/project/profile-text.ts';

test('what stands under keys that name secrets is hidden, and every place keeps its offset', () => {
  const text = `shop:
  outputs:
    dev: {type: postgres, password: abc, user: me}
    prod:
      user: me
      pass: "p q"
      private_key: |
        line one
        line two
      schema: public
      token: "{{ env_var('TOKEN') }}"
`;
  const masked = maskProfileText(text);
  expect(masked).toBe(`shop:
  outputs:
    dev: {type: postgres, password: ***, user: me}
    prod:
      user: me
      pass: ** **
      private_key: *
        **** ***
        **** ***
      schema: public
      token: "{{ env_var('TOKEN') }}"
`);
  expect(masked).toHaveLength(text.length);
});
