import rule from "../../../src/rules/dockerfile/invalid-url-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.url=https://x.y/z org.opencontainers.image.source=git+ssh://g@x/y
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.url=$U
    `,
    `
    FROM a:1
    LABEL url=x
    `,
    `
    FROM a:1
    RUN echo LABEL org.opencontainers.image.url=x
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL org.opencontainers.image.url=x
                                       ~ "org.opencontainers.image.url" is no URL: "x"
    `,
    `
    FROM a:1
    label org.opencontainers.image.source "not a url"
                                          ~~~~~~~~~~~ "org.opencontainers.image.source" is no URL: "not a url"
    `,
    `
    FROM a:1
    LABEL é=a \\
      # why
      org.opencontainers.image.documentation=/x
                                             ~~ "org.opencontainers.image.documentation" is no URL: "/x"
    ONBUILD LABEL org.opencontainers.image.url=https://
                                               ~~~~~~~~ "org.opencontainers.image.url" is no URL: "https://"
    `,
  ],
  withOptions: [
    {
      options: { labels: ["home"] },
      clean: [
        `
    FROM a:1
    LABEL org.opencontainers.image.url=x
    `,
      ],
      found: [
        `
    FROM a:1
    LABEL home=www.x.y
               ~~~~~~~ "home" is no URL: "www.x.y"
    `,
      ],
    },
  ],
});
