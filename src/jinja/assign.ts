import type { Target } from './ast.ts';
import { lookUp } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { unpack } from './operations.ts';
import { raise } from './py-error.ts';
import type { Scope } from './scope.ts';
import { Namespace, typeName, type Value } from './values.ts';

/** Binds a value to what stands on the left of `=` or `in`. */
export function assign(frame: Frame, target: Target, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.set(target.name, value);
      return;
    case 'namespace': {
      const owner = lookUp(frame, target.name, scope);
      frame.at = target;
      if (!(owner instanceof Namespace)) {
        const message = 'cannot assign attribute on non-namespace object';
        raise('TemplateRuntimeError', message, `'${target.name}' is of type '${typeName(owner)}'`);
      }
      owner.attributes.set(target.attribute, value);
      return;
    }
    case 'tuple': {
      frame.at = target;
      const values = unpack(value, target.items.length);
      for (let index = 0; index < values.length; index += 1) {
        assign(frame, target.items[index]!, values[index]!, scope);
      }
    }
  }
}
