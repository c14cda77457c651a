import rule from "../../../src/rules/dockerfile/systemd-without-stopsignal.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    STOPSIGNAL SIGRTMIN+3
    CMD ["/sbin/init"]
    `,
    `
    FROM a:1 AS x
    STOPSIGNAL 37
    FROM x
    ENTRYPOINT ["/lib/systemd/systemd"]
    `,
    `
    FROM a:1
    ENTRYPOINT ["/tini", "--"]
    CMD ["/sbin/init"]
    `,
    `
    FROM a:1
    STOPSIGNAL $S
    CMD /sbin/init
    `,
  ],
  found: [
    `
    FROM a:1
    CMD ["/sbin/init"]
         ~~~~~~~~~~~~ "/sbin/init" is not stopped by SIGRTMIN+3
    `,
    `
    FROM a:1
    STOPSIGNAL SIGTERM
    # é
    entrypoint \\
      ["/usr/lib/systemd/systemd", "--system"]
       ~~~~~~~~~~~~~~~~~~~~~~~~~~ "/usr/lib/systemd/systemd" is not stopped by SIGRTMIN+3
    `,
    `
    FROM a:1
    CMD exec /sbin/init --log-target=journal 3>&1
             ~~~~~~~~~~ "/sbin/init" is not stopped by SIGRTMIN+3
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    # start
    CMD ["/usr/sbin/init"]
    `,
      after: `
    FROM a:1
    STOPSIGNAL SIGRTMIN+3
    # start
    CMD ["/usr/sbin/init"]
    `,
    },
    {
      before: `
    FROM a:1
    STOPSIGNAL SIGTERM
    CMD ["/usr/sbin/init"]
    `,
      after: `
    FROM a:1
    STOPSIGNAL SIGRTMIN+3
    CMD ["/usr/sbin/init"]
    `,
    },
  ],
});
