import rule from "../../../src/rules/dockerfile/entrypoint-script-without-exec.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY <<"EOF" /entry.sh
    #!/bin/sh
    prepare
    exec "$@"
    EOF
    ENTRYPOINT ["/entry.sh"]
    `,
    `
    FROM a:1
    COPY entry.sh /entry.sh
    ENTRYPOINT ["/entry.sh"]
    `,
    `
    FROM a:1
    COPY <<"EOF" /entry.sh
    #!/bin/sh
    trap 'kill $p' TERM
    app
    EOF
    ENTRYPOINT ["/entry.sh"]
    `,
    `
    FROM a:1
    COPY <<"EOF" /other.sh
    app
    EOF
    COPY <<"EOF" /entry.py
    #!/usr/bin/env python3
    print()
    EOF
    COPY <<"EOF" /done.sh
    app
    echo done
    EOF
    ENTRYPOINT ["/entry.py"]
    CMD ["/done.sh"]
    `,
    `
    FROM a:1
    COPY <<"EOF" /done.sh
    app
    echo done
    EOF
    CMD ["/done.sh"]
    `,
  ],
  found: [
    `
    FROM a:1
    COPY <<"EOF" /entry.sh
    #!/bin/sh
    prepare
    app --port 80
    ~~~ "app" runs below the shell, which keeps its signals
    EOF
    ENTRYPOINT ["/entry.sh"]
    ---------- related: the script is started here
    `,
    `
    # ü
    FROM a:1 AS base
    WORKDIR /srv
    copy --chmod=755 \\
      # note
      <<run.sh ./
    #!/usr/bin/env bash
    set -e
    A=b java -jar \\
        ~~~~ "java" runs below the shell, which keeps its signals
      app.jar
    run.sh
    FROM base
    CMD ["bash", "./run.sh"]
    --- related: the script is started here
    `,
    `
    FROM a:1
    COPY <<-EOF /start
    	"\\$@"
    	sudo nginx
     ~~~~ "sudo" runs below the shell, which keeps its signals
    EOF
    ENTRYPOINT /start
    ---------- related: the script is started here
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      COPY <<"EOF" /entry.sh
      A=b app
      EOF
      CMD ["/entry.sh"]
      `,
      after: `
      FROM a:1
      COPY <<"EOF" /entry.sh
      A=b exec app
      EOF
      CMD ["/entry.sh"]
      `,
    },
  ],
});
