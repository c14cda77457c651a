import rule from "../../../src/rules/dockerfile/path-with-writable-dir.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV PATH=/opt/x/bin:$PATH
    ENV PATH=$PATH:.:/tmp/x
    ENV PATH=/usr/bin:.
    ENV PATH=\${UNKNOWN}/bin:$PATH
    ENV PATH="/usr/local/go/bin:\${PATH}"
    ENV MYPATH=.:x
    `,
    `
    FROM a:1
    ENV PATH=/home/app/bin:$PATH
    `,
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    ENV PATH="C:\\\\x;%PATH%"
    `,
  ],
  found: [
    `
    FROM a:1
    ENV PATH=.:$PATH
             ~~~~~~~ "." stands before the system's folders
    env PATH /tmp/bin:/usr/bin
             ~~~~~~~~~~~~~~~~~ "/tmp/bin" stands before the system's folders
    ENV PATH=:$PATH
             ~~~~~~ an empty part stands before the system's folders
    `,
    `
    # ü
    ARG D=node_modules/.bin
    FROM a:1 AS base
    ARG D
    ENV A=b \\
      # note
      PATH="$D:\${PATH}"
           ~~~~~~~~~~~~ "node_modules/.bin" stands before the system's folders
    FROM base
    ONBUILD ENV PATH=bin:/usr/bin
                     ~~~~~~~~~~~~ "bin" stands before the system's folders
    ENV PATH=\${NONE:-/x}:/var/tmp:$PATH
             ~~~~~~~~~~~~~~~~~~~~~~~~~~ "/var/tmp" stands before the system's folders
    `,
    `
    FROM a:1
    COPY --chown=app . /app
    RUN chown -R app:app /opt/tool
    ENV PATH=/home/app/.local/bin:/app/bin:/opt/tool/bin:$PATH
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "/home/app/.local/bin" belongs to "app" and stands before the system's folders
    USER app
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      ENV PATH=.:/x:$PATH
      ENV PATH=".:$PATH"
      `,
      after: `
      FROM a:1
      ENV PATH=/x:$PATH
      ENV PATH=".:$PATH"
      `,
    },
  ],
});
