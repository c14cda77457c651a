import { addMountOptions, mountTarget } from "../../audit/dockerfile/helpers-mount.ts";
import type { UserInstruction } from "../../audit/dockerfile/model.ts";
import { effectiveUser, instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1435",
    name: "cache-mount-uid",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Cache mount belongs to root while another user runs the step",
    why: "A new cache is a folder of root with mode 0755. The user of the step cannot write to it: the tool fails, or goes on without a cache, and people answer by building as root.",
    howToFix: "Add the numeric `uid=` (and `gid=`) of the user to the mount, or a `mode=`.",
    bad: "FROM node:22\nUSER 1000\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n",
    good: "FROM node:22\nUSER 1000\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000 npm ci\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-281"],
    references: ["https://docs.docker.com/reference/dockerfile/#run---mounttypecache"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const user = effectiveUser(dockerfile, run);
      if (user?.user === undefined || /^(?:root|0+|containeradministrator)$/i.test(user.user))
        continue;
      for (const mount of run.mounts) {
        const isGiven = mount.options.some(({ key }) =>
          ["uid", "gid", "mode", "from"].includes(key),
        );
        if (mount.type !== "cache" || isGiven) continue;
        const target = mountTarget(dockerfile, run, mount) ?? mount.target?.text;
        if (target === undefined || /^[A-Za-z]:|^\/(?:var\/)?tmp(?:\/|$)/.test(target)) continue;
        const owner = ownerOptions(user);
        const edit = owner === undefined ? undefined : addMountOptions(dockerfile, mount, owner);
        report(
          mount.span,
          `cache "${target}" belongs to root, the step runs as "${user.user}"`,
          edit && { fix: { title: `add "${owner}"`, safe: false, edits: [edit] } },
        );
      }
    }
  },
});

/** Only numbers can be written into a mount; those of a named user stand in the image. */
function ownerOptions({ user, group, hasGroup }: UserInstruction): string | undefined {
  if (user === undefined || !/^\d+$/.test(user)) return undefined;
  if (!hasGroup) return `uid=${user}`;
  return group !== undefined && /^\d+$/.test(group) ? `uid=${user},gid=${group}` : undefined;
}

export default rule;
