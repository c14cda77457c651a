import rule from "../../../src/rules/dockerfile/volume-after-write.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN mkdir /data
    COPY x /data/
    VOLUME /data
    CMD ["x"]
    `,
    `
    FROM a:1
    VOLUME ["/data", "/var/lib/x"]
    RUN mkdir /database && echo x > /etc/x && rm -rf /data/tmp
    COPY x /app/
    `,
    `
    FROM a:1 AS one
    VOLUME /data
    FROM a:1
    RUN mkdir /data/x
    VOLUME $DIR data
    `,
    `
    FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    VOLUME C:\\\\data
    COPY x C:\\\\data\\\\
    `,
  ],
  found: [
    `
    FROM a:1
    VOLUME /data
           ----- related: declared here
           ----- related: declared here
    RUN mkdir -p /data/db && chown 1000 /data/db
                 ~~~~~~~~ "/data/db" is changed after "VOLUME"
    copy x /data/
           ~~~~~~ "/data" is changed after "VOLUME"
    `,
    `
    # ü
    ARG D=/srv
    FROM a:1 AS base
    ARG D
    volume $D \\
           -- related: declared here
           -- related: declared here
      # note
      /var/log/x
    FROM base
    WORKDIR /srv/x
    RUN <<EOF
    touch a
          ~ "/srv/x/a" is changed after "VOLUME"
    echo x >> /var/log/x/y
    EOF
    RUN ["chmod", "700", "/srv"]
                         ~~~~~~ "/srv" is changed after "VOLUME"
    `,
    `
    FROM a:1
    VOLUME /app /etc/
           ~~~~ "/app" holds programs or configuration
                ~~~~~ "/etc" holds programs or configuration
    VOLUME ["/usr/local/bin"]
            ~~~~~~~~~~~~~~~~ "/usr/local/bin" holds programs or configuration
    `,
  ],
});
