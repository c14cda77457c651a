import { UserError } from "../base/error.ts";
import { closest } from "../base/suggest.ts";
import { isPolicyName, POLICY_NAMES, type Policy } from "./policy-model.ts";

export type { Policy } from "./policy-model.ts";

/**
 * The profile of that name, or the one in the file at that path (anything with a `/` or ending in .yaml, .yml or .json).
 * A shipped profile costs no file access: it is compiled in.
 * @throws UserError for an unknown name, an unreadable file, and a file that is not a policy, with line and column.
 */
export async function loadPolicy(nameOrPath: string): Promise<Policy> {
  if (isPolicyName(nameOrPath)) {
    const { POLICIES } = await import("./policies.generated.ts");
    return POLICIES[nameOrPath];
  }
  if (nameOrPath.includes("/") || /\.(ya?ml|json)$/.test(nameOrPath)) {
    const { readPolicyFile } = await import("./policy-file.ts");
    return readPolicyFile(nameOrPath);
  }
  const near = closest(nameOrPath, POLICY_NAMES);
  throw new UserError(`no policy profile ${JSON.stringify(nameOrPath.slice(0, 60))}`, {
    where: "--profile",
    hint: `${near === undefined ? "" : `did you mean "${near}"? `}the profiles are ${POLICY_NAMES.join(", ")}; a file is named by a path with "/" or the ending .yaml`,
  });
}
