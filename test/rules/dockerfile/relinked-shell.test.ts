import rule from "../../../src/rules/dockerfile/relinked-shell.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN ln -s /a /b
    `,
    `
    FROM a:1
    RUN echo /bin/sh
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    `,
    `
    FROM a:1
    RUN ln -s /bin/sh /usr/local/bin/sh
    `,
    `
    FROM a:1
    RUN useradd -s /bin/bash app && usermod -s /bin/zsh app && chsh -s /bin/zsh app && chsh -l
    `,
    `
    FROM a:1
    RUN ls -l /bin/sh && rm /bin/sh && cp /bin/sh /x
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    SHELL ["powershell", "-Command"]
    RUN powershell -Version 2 x
    `,
    `
    FROM a:1
    RUN pwsh -Command x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN ln -sf /bin/bash /bin/sh
                         ~~~~~~~ "/bin/sh" is replaced
    `,
    `
    FROM a:1
    RUN rm /bin/sh && ln -s bash /bin/sh && mv /bin/bash /usr/bin/sh
                                 ~~~~~~~ "/bin/sh" is replaced
                                                         ~~~~~~~~~~~ "/usr/bin/sh" is replaced
    `,
    `
    FROM a:1
    RUN cd /bin && sudo ln -sfv \\
      # é
      bash sh
           ~~ "sh" is replaced
    `,
    `
    FROM a:1
    RUN chsh -s /bin/zsh && chsh --shell /bin/bash root && usermod -s /bin/bash root
        ~~~~ "chsh" makes "/bin/zsh" the shell of root
                            ~~~~ "chsh" makes "/bin/bash" the shell of root
                                                           ~~~~~~~ "usermod" makes "/bin/bash" the shell of root
    `,
    `
    FROM a:1
    ONBUILD RUN ["ln", "-sf", "bash", "/bin/sh"]
                                      ~~~~~~~~~ "/bin/sh" is replaced
    RUN <<EOF
    mv /bin/dash /bin/sh
                 ~~~~~~~ "/bin/sh" is replaced
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN ln -sf bash /bin/sh
    RUN x
    `,
      after: `
    FROM a:1
    SHELL ["/bin/bash", "-c"]
    RUN x
    `,
    },
  ],
});
