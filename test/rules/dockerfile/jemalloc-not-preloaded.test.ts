import rule from "../../../src/rules/dockerfile/jemalloc-not-preloaded.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y libjpeg
    `,
    `
    FROM a:1
    RUN apt-get install -y libjemalloc2
    ENV LD_PRELOAD=libjemalloc.so.2
    `,
    `
    FROM a:1
    RUN apt-get install -y libjemalloc2 && ln -s /usr/lib/*/libjemalloc.so.2 /usr/local/lib/libjemalloc.so
    `,
    `
    FROM a:1 AS b
    RUN apt-get install -y libjemalloc2
    FROM c:1
    `,
    `
    FROM a:1
    RUN apt-get install -y libjemalloc2 && echo /usr/lib/libjemalloc.so > /etc/ld.so.preload
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y curl libjemalloc2
                                                  ~~~~~~~~~~~~ "libjemalloc2" is installed and nothing loads it
    `,
    `
    FROM a:1 AS b
    RUN apk add \\
      # é
      jemalloc
      ~~~~~~~~ "jemalloc" is installed and nothing loads it
    FROM b
    `,
  ],
});
