import rule from "../../../src/rules/dockerfile/file-written-by-echo.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN echo "listen $PORT" > /etc/app.conf
    `,
    `
    FROM debian:12
    RUN echo more >> /etc/app.conf
    `,
    `
    FROM debian:12
    RUN mkdir /x && echo a > /x/a
    `,
    `
    FROM debian:12
    RUN echo hello && echo $(date) > /x && cat a > b
    `,
    `
    FROM debian:12
    RUN echo a | tee /x && echo a > /dev/null && echo * > /y
    `,
    `
    FROM debian:12
    RUN ["echo", "a", ">", "/x"]
    RUN echo a 2> /x
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    RUN echo a > C:\\x
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN echo "listen 80" > /etc/app.conf
    ~~~ "/etc/app.conf" is written by a shell, which only prints its text
    `,
    `
    FROM debian:12
    run echo a > /x && echo 'b  c' >> /x && printf 'd\\ne\\n' > /y
    ~~~ "/x" is written by a shell, which only prints its text
    `,
    `
    FROM debian:12
    RUN echo -e "a\\nb" > /x
    ~~~ "/x" is written by a shell, which only prints its text
    RUN --mount=type=cache,target=/c echo a > /x
    ~~~ "/x" is written by a shell, which only prints its text
    ONBUILD RUN echo a > /x
            ~~~ "/x" is written by a shell, which only prints its text
    `,
    `
    FROM debian:12
    RUN cat > /x <<EOF
    ~~~ "/x" is written by a shell, which only prints its text
    a
    b
    EOF
    RUN <<EOF
    ~~~ "/x" is written by a shell, which only prints its text
    echo a > /x
    EOF
    `,
    `
    FROM debian:12
    RUN echo a \\
    ~~~ "/x" is written by a shell, which only prints its text
      # é
      > /x
    `,
  ],
  fixed: [
    {
      before: "FROM debian:12\nRUN echo a > /x  \nCMD x\n",
      after: "FROM debian:12\nCOPY <<'EOF' /x\na\nEOF\nCMD x\n",
    },
    {
      before: `
      FROM debian:12
      # why
      RUN echo "it's" > /x && \\
          printf 'd\\ne\\n' > /y/z
      RUN true
      `,
      after: `
      FROM debian:12
      # why
      COPY <<'EOF' /x
      it's
      EOF
      COPY <<'EOF' /y/z
      d
      e
      EOF
      RUN true
      `,
    },
    {
      before: `
      FROM debian:12
      run echo '$HOME' > x
      `,
      after: `
      FROM debian:12
      copy <<'EOF' x
      $HOME
      EOF
      `,
    },
  ],
});
