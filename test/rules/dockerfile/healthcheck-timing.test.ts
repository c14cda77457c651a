import rule from "../../../src/rules/dockerfile/healthcheck-timing.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK CMD x
    HEALTHCHECK --interval=0s CMD x
    HEALTHCHECK --timeout=60s CMD x
    HEALTHCHECK --interval=5s --timeout=4s CMD x
    HEALTHCHECK --interval=10m CMD x
    HEALTHCHECK NONE
    `,
    `
    FROM a:1
    HEALTHCHECK --interval=$I --timeout=$T --retries=1 --start-period=$S CMD x
    HEALTHCHECK --interval=bad --timeout=worse CMD x
    HEALTHCHECK --retries=1 --start-period=5s CMD x
    HEALTHCHECK --retries=2 CMD x
    `,
  ],
  found: [
    `
    FROM a:1
    HEALTHCHECK --interval=4s CMD x
                           ~~ "4s" is a short interval
    healthcheck --interval=1h30m CMD x
                           ~~~~~ "1h30m" is a long interval
    HEALTHCHECK --interval=1500ms --timeout=2s CMD x
                           ~~~~~~ "1500ms" is a short interval
                                            ~~ timeout "2s" is not below interval "1500ms"
    `,
    `
    # ü
    FROM a:1
    HEALTHCHECK \\
      # note
      --interval=30s --timeout=30s CMD ["x"]
                               ~~~ timeout "30s" is not below interval "30s"
    `,
    `
    FROM a:1
    HEALTHCHECK --retries=1 CMD x
                          ~ one failed check without a start period makes the container unhealthy
    ONBUILD HEALTHCHECK --retries=1 --start-period=0s CMD x
                                  ~ one failed check without a start period makes the container unhealthy
    `,
  ],
});
