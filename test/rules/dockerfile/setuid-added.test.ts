import rule from "../../../src/rules/dockerfile/setuid-added.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN chmod 755 /x && chmod 0755 /x && chmod 1777 /tmp/x
    RUN chmod a-s /usr/bin/x && chmod u-s,g-s /x
    RUN chmod 2775 /var/log/x && chmod g+s /data
    RUN mkdir -m 2775 /data && install -d -m 4755 /d
    RUN find / -perm /6000 -exec chmod a-s {} +
    RUN chmod $MODE /x && chmod u+x /usr/bin/s
    RUN cp /bin/su /x && cp -p /bin/ls /x
    COPY --chmod=0755 x /usr/bin/x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN chmod u+s /x
              ~~~ mode "u+s" sets the setuid bit
    run chmod 4755 /x && chmod ug+rxs /y
              ~~~~ mode "4755" sets the setuid bit
                               ~~~~~~ mode "ug+rxs" sets the setuid bit
    COPY --chmod=4755 x /usr/bin/x
                 ~~~~ mode "4755" sets the setuid bit
    RUN install -m 4711 x /usr/bin/x
                   ~~~~ mode "4711" sets the setuid bit
    `,
    `
    # ü
    ARG M=6755
    FROM a:1
    ARG M
    ADD --chmod=$M \\
                ~~ mode "6755" sets the setuid bit
      # note
      x /usr/bin/
    ONBUILD RUN chmod +s /x
                      ~~ mode "+s" sets the setuid bit
    RUN <<EOF
    chmod 2755 /usr/sbin/x
          ~~~~ mode "2755" sets the setgid bit
    chmod o+r,g+s /usr/bin/y
          ~~~~~~~ mode "o+r,g+s" sets the setgid bit
    cp -a /usr/bin/sudo /opt/
          ~~~~~~~~~~~~~ "/usr/bin/sudo" is copied with its setuid bit
    EOF
    RUN ["chmod", "04755", "/x"]
                  ~~~~~~~ mode "04755" sets the setuid bit
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      COPY --chmod=4755 x /x
      RUN chmod 04711 /x && chmod u+s /y
      `,
      after: `
      FROM a:1
      COPY --chmod=755 x /x
      RUN chmod 711 /x && chmod u+s /y
      `,
    },
  ],
});
