import rule from "../../../src/rules/dockerfile/nginx-without-sigquit.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM nginx:1
    `,
    `
    FROM nginx:1
    STOPSIGNAL SIGQUIT
    `,
    `
    FROM debian:12
    STOPSIGNAL 3
    CMD ["nginx", "-g", "daemon off;"]
    `,
    `
    FROM other/base:1
    CMD ["nginx"]
    `,
    `
    FROM nginx:1
    STOPSIGNAL $S
    `,
    `
    FROM nginx:1 AS x
    STOPSIGNAL SIGTERM
    FROM debian:12
    CMD ["x"]
    `,
  ],
  found: [
    `
    FROM nginx:1 AS base
    # é
    stopsignal \\
      SIGTERM
      ~~~~~~~ nginx is stopped by "SIGTERM"
    FROM base
    `,
    `
    FROM alpine:3
    RUN apk add nginx
    CMD ["/usr/sbin/nginx", "-g", "daemon off;"]
         ~~~~~~~~~~~~~~~~~ "/usr/sbin/nginx" is stopped by SIGTERM: no "STOPSIGNAL" is set
    `,
    `
    FROM x/y:1
    STOPSIGNAL 15
               ~~ nginx is stopped by "SIGTERM"
    CMD nginx -g 'daemon off;'
    `,
  ],
});
