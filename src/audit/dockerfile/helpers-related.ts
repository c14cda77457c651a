import type { ReportDetails } from "../rule.ts";
import type { Word } from "./model.ts";

/** Where the variables of a word get their values, for a finding about what the word becomes; empty when nowhere. */
export function valuesSetAt({ variables }: Word): Pick<ReportDetails, "related"> {
  const related = variables.flatMap(({ name, declaration, value }) =>
    declaration?.span === undefined || value === undefined
      ? []
      : [{ span: declaration.span, message: `"${name}" is set here` }],
  );
  return related.length === 0 ? {} : { related };
}
