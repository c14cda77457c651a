import rule from "../../../src/rules/dockerfile/malformed-exec-form.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["a", "b"]
    CMD []
    RUN [ -f x ]
    RUN [ -f "x" ] && [ "a" ]
    RUN [ "$A" = "b" ]
    RUN [ ! -e 'x' ]
    RUN [[ "a" == b ]]
    COPY [ab] [c]
    COPY ["a b", "/c"]
    RUN [ "a" -eq 1 ]
    CMD a ["b"]
    HEALTHCHECK NONE
    `,
    `
    FROM a:1
    RUN <<EOF
    ['a']
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    CMD ['a', 'b']
        ~~~~~~~~~~ arguments of "CMD" are no JSON array: single quotes
    `,
    `
    FROM a:1
    ENTRYPOINT ["a", "b",]
               ~~~~~~~~~~~ arguments of "ENTRYPOINT" are no JSON array: a comma at the end
    `,
    `
    FROM a:1
    CMD [ "a" "b" ]
        ~~~~~~~~~~~ arguments of "CMD" are no JSON array: no comma between two strings
    # é
    run [“a”, ”b”]
        ~~~~~~~~~~ arguments of "RUN" are no JSON array: typographic quotes
    `,
    `
    FROM a:1
    HEALTHCHECK --interval=5s CMD [curl, 'x y']
                                  ~~~~~~~~~~~~~ arguments of "HEALTHCHECK" are no JSON array: single quotes
    SHELL ['/bin/sh', "-c"]
          ~~~~~~~~~~~~~~~~~ arguments of "SHELL" are no JSON array: single quotes
    VOLUME ['/x']
           ~~~~~~ arguments of "VOLUME" are no JSON array: single quotes
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    ENTRYPOINT ["c:\\app.exe"]
               ~~~~~~~~~~~~~~ arguments of "ENTRYPOINT" are no JSON array: a backslash that is not doubled
    `,
    `
    FROM a:1
    ONBUILD COPY ['a', \\
                 ~~~~~~~>+1:7 arguments of "COPY" are no JSON array: single quotes
      'b']
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    CMD ['a', "b\\d" c,]
    ENTRYPOINT ['say "x"', \\
      “y”]
    `,
      after: `
    FROM a:1
    CMD ["a", "b\\\\d", "c"]
    ENTRYPOINT ["say \\"x\\"", "y"]
    `,
    },
  ],
});
