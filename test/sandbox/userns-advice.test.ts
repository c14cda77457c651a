import { expect, test } from "vitest";
import { userNamespaceAdvice } from "../../src/sandbox/userns-advice.ts";

test.each([
  ["kernel.unprivileged_userns_clone", "0\n", "sysctl -w kernel.unprivileged_userns_clone=1"],
  ["kernel.apparmor_restrict_unprivileged_userns", "1\n", 'AppArmor profile with "userns,"'],
  ["user.max_user_namespaces", "0\n", "sysctl -w user.max_user_namespaces=15000"],
])("%s is named", (name, text, hint) => {
  const advice = userNamespaceAdvice((asked) => (asked === name ? text : undefined));
  expect(advice.why).toContain(`${name} is ${text.trim()}`);
  expect(advice.hint).toContain(hint);
});

test("no switch is off: none is blamed", () => {
  const on = (name: string): string => (name.includes("apparmor") ? "0" : "1");
  expect(userNamespaceAdvice(on).why).not.toContain(" is ");
});
