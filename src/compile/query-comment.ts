import { fromPlain } from '../context/plain.ts';
import type { Warehouse } from '../context/warehouse.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { dbtVersion } from '../core/version.ts';
import { renderBody } from '../jinja/driver.ts';
import { toJson } from '../jinja/json.ts';
import { parseTemplate } from '../jinja/template.ts';
import { str } from '../jinja/text.ts';
import { PyDict } from '../jinja/values.ts';
import { modelRecord } from '../manifest/model-value.ts';
import type { SessionNode } from '../manifest/node.ts';
import { isRecord } from '../manifest/record.ts';
import { queryCommentInvalid } from './errors.ts';
import { nodeScope } from './node-scope.ts';
import type { CompileServices } from './services.ts';

/** `query-comment` of the project file. */
export interface QueryComment {
  /** A template; null for dbt's own text. */
  readonly template: string | null;
  /** Behind the statement instead of before it. */
  readonly append: boolean;
}

/** Null where the project wants none: an empty text, or nothing behind the key. `undefined` is dbt's default. */
export function queryCommentOf(given: unknown): QueryComment | null {
  if (given === undefined) return { template: null, append: false };
  if (given === null || given === '') return null;
  if (!isRecord(given)) return { template: String(given), append: false };
  const { comment, append } = given;
  if (comment === null || comment === '') return null;
  return { template: comment === undefined ? null : String(comment), append: append === true };
}

/** The text for a node's statements; empty for none. Throws what a template throws, and `query-comment-invalid`. */
export async function commentText(
  services: CompileServices,
  node: SessionNode,
  warehouse: Warehouse,
): Promise<string> {
  const { queryComment, context } = services;
  if (queryComment === null) return '';
  if (queryComment.template === null) return ownText(context.target, node);
  const extra = [
    ['node', fromPlain(modelRecord(node))],
    ['connection_name', node.unique_id],
  ] as const;
  const scope = nodeScope(services, node, { warehouse, undeclaredRefs: true, extra });
  const template = parseTemplate({ path: 'query-comment', text: queryComment.template });
  const value = await renderBody(template, scope.context.environment);
  const rendered = value === null ? '' : str(value).trim();
  if (rendered.includes('*/')) throw new DiagnosticError(queryCommentInvalid(rendered));
  return rendered;
}

function ownText(target: CompileServices['context']['target'], node: SessionNode): string {
  return toJson(
    PyDict.fromRecord({
      app: 'dbt',
      dbt_version: dbtVersion,
      profile_name: target['profile_name'] ?? null,
      target_name: target['target_name'] ?? null,
      node_id: node.unique_id,
    }),
  );
}

export function withComment(sql: string, text: string, { append }: QueryComment): string {
  if (text === '') return sql;
  if (!append) return `/* ${text} */\n${sql}`;
  const whole = sql.trimEnd();
  return whole.endsWith(';') ? `${whole.slice(0, -1)}\n/* ${text} */;` : `${whole}\n/* ${text} */`;
}
