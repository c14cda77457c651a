import rule from "../../../src/rules/dockerfile/world-writable-path.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY --chmod=755 a /a
    `,
    `
    FROM a:1
    COPY --chmod=u=rwX,go=rX a /a
    `,
    `
    FROM a:1
    RUN chmod 1777 /tmp && chmod a+rwxt /var/tmp && install -d -m 1777 /app/tmp
    `,
    `
    FROM a:1
    RUN chmod +x a && chmod +w a && chmod a+rX,u+w a && chmod o-w a
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache chmod -R 777 /root/.cache/pip
    `,
    `
    FROM a:1
    RUN --mount=type=tmpfs,target=/work cd /work && chmod 777 x
    `,
    `
    FROM a:1
    RUN chmod $MODE /a
    `,
    `
    FROM a:1
    COPY --chmod=$MODE a /a
    `,
    `
    FROM a:1
    RUN chmod --reference=a 777
    `,
    `
    FROM a:1
    RUN mkdir -m 755 777 && install -m 0775 a 666
    `,
    `
    FROM a:1
    RUN chmod a+rwx,o-w /a
    `,
    `
    FROM a:1
    RUN echo chmod 777 /a
    `,
    `
    FROM a:1
    RUN chmod g=u /a && chmod 770 /a
    `,
  ],
  found: [
    `
    FROM a:1
    COPY --chmod=777 a /a
                 ~~~ mode "777" lets every user write
    ADD --chmod=0666 b /b
                ~~~~ mode "0666" lets every user write
    copy --chmod=o+w c /c
                 ~~~ mode "o+w" lets every user write
    `,
    `
    FROM a:1
    RUN chmod -R 777 /a && chmod a+rwx /b; chmod ugo+w /c; chmod o=rw,u=x /d
                 ~~~ mode "777" lets every user write
                                 ~~~~~ mode "a+rwx" lets every user write
                                                 ~~~~~ mode "ugo+w" lets every user write
                                                                 ~~~~~~~~ mode "o=rw,u=x" lets every user write
    `,
    `
    FROM a:1
    RUN mkdir -p -m 0777 /a && mkdir -m777 /b && install -d --mode=2777 /c
                    ~~~~ mode "0777" lets every user write
                                     ~~~~~ mode "777" lets every user write
                                                            ~~~~~~~~~~~ mode "2777" lets every user write
    `,
    `
    FROM a:1
    RUN chmod 777 /tmp && chmod 1777 /app && chmod 1777 $DIR/x /app
              ~~~ mode "777" lets every user write
                                ~~~~ mode "1777" lets every user write
                                                   ~~~~ mode "1777" lets every user write
    `,
    `
    FROM a:1
    RUN ["chmod", "777", "/a"]
                  ~~~~~ mode "777" lets every user write
    ONBUILD RUN chmod 757 /a
                      ~~~ mode "757" lets every user write
    `,
    `
    # ü
    FROM a:1
    RUN <<EOF
    find /ü -exec chmod 666 {} +
                        ~~~ mode "666" lets every user write
    EOF
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache echo ü && \\
      # note
      chmod 777 /root /root/.cache
            ~~~ mode "777" lets every user write
    `,
    `
    ARG M=777
    FROM a:1
    ARG M
    COPY --chmod=\${M} a /a
                 ~~~~ mode "777" lets every user write
    `,
    `
    # escape=\`
    FROM a:1
    SHELL ["/bin/sh", "-c"]
    RUN chmod \`
      777 /a
      ~~~ mode "777" lets every user write
    `,
    `
    FROM a:1
    COPY --chmod=1777 a /app
                 ~~~~ mode "1777" lets every user write
    COPY --chmod=a+rwX <<EOF /b
                 ~~~~~ mode "a+rwX" lets every user write
    x
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      COPY --chmod=777 a /a
      RUN chmod 0666 a && chmod a+rwx b && chmod 757 c && chmod ugo+w d
      `,
      after: `
      FROM a:1
      COPY --chmod=755 a /a
      RUN chmod 0644 a && chmod u+rwX,go+rX b && chmod 755 c && chmod u+w d
      `,
    },
    {
      before: `
      FROM a:1
      RUN mkdir -m777 a && chmod o+w b && chmod '777' c
      `,
      after: `
      FROM a:1
      RUN mkdir -m777 a && chmod o+w b && chmod '777' c
      `,
    },
  ],
});
