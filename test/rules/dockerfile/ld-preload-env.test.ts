import rule from "../../../src/rules/dockerfile/ld-preload-env.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV LD_PRELOAD=/usr/lib/libjemalloc.so.2 LD_LIBRARY_PATH=/usr/local/nvidia/lib:$LD_LIBRARY_PATH
    ENV PYTHONPATH=/app NODE_OPTIONS=--max-old-space-size=4096
    ENV LD_PRELOAD=libjemalloc.so.2
    ENV NODE_OPTIONS="--require dd-trace/init"
    ENV PYTHONPATH=$UNKNOWN PYTHONPATH=
    `,
    `
    FROM a:1
    COPY --chown=app . /srv
    ENV PYTHONPATH=/app
    USER app
    `,
    `
    FROM a:1
    COPY --chown=app . /app
    ENV PYTHONPATH=/app
    `,
  ],
  found: [
    `
    FROM a:1
    ENV LD_PRELOAD=/tmp/hook.so
                   ~~~~~~~~~~~~ "LD_PRELOAD" loads code from "/tmp/hook.so", where everybody can write
    env PYTHONPATH .:/usr/lib/x
                   ~~~~~~~~~~~~ "PYTHONPATH" loads code from ".", in whatever folder a program runs
    ENV NODE_OPTIONS="--max-old-space-size=1 --require=./hook.js"
                     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_OPTIONS" loads code from "./hook.js", in whatever folder a program runs
    `,
    `
    # ü
    FROM a:1
    WORKDIR /srv
    COPY --chown=1000:1000 . .
    ENV A=b \\
      # note
      PYTHONPATH=/srv/lib:$PYTHONPATH
                 ~~~~~~~~~~~~~~~~~~~~ "PYTHONPATH" loads code from "/srv/lib", which belongs to "1000"
    ENV JAVA_TOOL_OPTIONS=-javaagent:/srv/agent.jar=x
                          ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "JAVA_TOOL_OPTIONS" loads code from "/srv/agent.jar", which belongs to "1000"
    ENV BASH_ENV=/home/1000/.env LD_LIBRARY_PATH=/dev/shm
                 ~~~~~~~~~~~~~~~ "BASH_ENV" loads code from "/home/1000/.env", which belongs to "1000"
                                                 ~~~~~~~~ "LD_LIBRARY_PATH" loads code from "/dev/shm", where everybody can write
    USER 1000
    `,
  ],
});
