import { addMountOptions, mountTarget } from "../../audit/dockerfile/helpers-mount.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1433",
    name: "cache-mount-shared-write",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "Cache of a package manager that needs a lock is shared by parallel builds",
    why: "Two builds that install at the same time write to the same cache. APT and dpkg expect to be alone: one of the builds fails on a lock, or gets a package file that the other has half written.",
    howToFix: "Add `sharing=locked`: the second build waits until the first is done.",
    bad: "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y curl\n",
    good: "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install -y curl\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-362"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#example-cache-apt-packages",
      "https://docs.docker.com/build/cache/optimize/#use-cache-mounts",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const mount of run.mounts) {
        const { type, sharing, options, span } = mount;
        if (type !== "cache") continue;
        const option = options.find(({ key }) => key === "sharing");
        // A value that is not known may be the right one.
        if (option !== undefined && sharing?.toLowerCase() !== "shared") continue;
        const target = mountTarget(dockerfile, run, mount);
        if (target === undefined || !LOCKED.test(target)) continue;
        const edit =
          option?.value === undefined
            ? addMountOptions(dockerfile, mount, "sharing=locked")
            : { span: option.value.span, text: "locked" };
        report(
          span,
          `parallel builds write to "${target}" at once`,
          edit && { fix: { title: 'add "sharing=locked"', safe: true, edits: [edit] } },
        );
      }
  },
});

// apt-get(8), dpkg(1), dnf.conf(5), zypper(8), pacman(8), apk(8): all take a lock in one of these.
const LOCKED =
  /^\/(?:var\/(?:cache\/(?:apt|debconf|dnf|libdnf5|yum|zypp|pacman|apk)|lib\/(?:apt|dpkg|dnf|rpm|pacman))|etc\/apk\/cache)(?:\/|$)/;

export default rule;
