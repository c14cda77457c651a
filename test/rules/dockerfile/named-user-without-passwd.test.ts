import rule from "../../../src/rules/dockerfile/named-user-without-passwd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM scratch
    USER 1:1
    COPY --chown=1 a /a
    `,
    `
    FROM a:1 AS b
    FROM scratch
    COPY --from=b /etc/passwd /etc/passwd
    USER app
    `,
    `
    FROM scratch
    ADD rootfs.tar.gz /
    USER app
    `,
    `
    FROM a:1
    USER app
    `,
    `
    FROM scratch
    USER $U
    `,
    `
    FROM scratch
    COPY --from=b /etc/passwd /etc/group /etc/
    USER nobody
    `,
    `
    FROM scratch
    COPY --from=b / /
    USER nobody
    `,
  ],
  found: [
    `
    FROM scratch AS x
    COPY app /app
    # é
    user nobody
         ~~~~~~ image from "scratch" has no "/etc/passwd" that knows "nobody"
    FROM x
    COPY --chown=1:staff a \\
                 ~~~~~~~ image from "scratch" has no "/etc/passwd" that knows "staff"
      /a
    `,
  ],
});
