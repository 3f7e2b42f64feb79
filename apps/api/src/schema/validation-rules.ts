// What is refused before anything runs: more aliases than a screen could need.

import { limitExceeded } from "../errors.ts";
import type { ASTVisitor, ValidationContext } from "../graphql.ts";
import { QUERY_LIMITS } from "./builder.ts";

export function limitAliases(context: ValidationContext): ASTVisitor {
  let aliases = 0;
  return {
    Field(node) {
      if (!node.alias) return;
      aliases++;
      if (aliases === QUERY_LIMITS.aliases + 1) {
        context.reportError(limitExceeded(`The query has more than ${QUERY_LIMITS.aliases} aliases.`));
      }
    },
  };
}

export const VALIDATION_RULES = [limitAliases];
