import rule from "../../../src/rules/dockerfile/copied-archive-unpacked-by-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY x.tar.gz /
    RUN tar czf /x.tar.gz /y
    `,
    `
    FROM a:1
    COPY --from=b /x.tar.gz /
    RUN tar xzf /x.tar.gz
    `,
    `
    FROM a:1
    COPY x.tar.gz /
    FROM a:1
    RUN tar xzf /x.tar.gz
    `,
    `
    FROM a:1
    COPY x.zip /
    RUN unzip /x.zip
    `,
    `
    FROM a:1
    COPY x.tar.gz /
    RUN echo tar xzf /x.tar.gz
    `,
    `
    FROM a:1
    RUN tar xzf /x.tar.gz
    COPY x.tar.gz /
    `,
    `
    FROM a:1
    COPY $X /
    RUN tar xzf /x.tar.gz
    `,
    `
    FROM a:1
    COPY x.tar.gz /
    RUN tar xzf /y.tar.gz && gzip -9 /x.tar.gz
    `,
  ],
  found: [
    `
    FROM a:1
    COPY x.tar.gz /
    ~~~~ "x.tar.gz" is copied and then unpacked by "tar"
    RUN tar -xzf /x.tar.gz -C /opt && rm /x.tar.gz
    `,
    `
    FROM a:1
    copy dir/x.tgz b.tbz2 /tmp/
    ~~~~ "x.tgz" is copied and then unpacked by "tar"
    WORKDIR /tmp
    RUN a && tar xf x.tgz
    RUN bunzip2 b.tbz2
    `,
    `
    FROM a:1
    ARG V=1
    COPY data /tmp/é.tar.xz
    ~~~~ "é.tar.xz" is copied and then unpacked by "tar"
    COPY x-$V.tar /opt/
    ~~~~ "x-1.tar" is copied and then unpacked by "tar"
    RUN --mount=type=cache,target=/c tar --extract --file=/tmp/é.tar.xz \\
      # why
      && sudo tar xvf /opt/x-1.tar
    `,
    `
    FROM a:1
    COPY x.gz /
    ~~~~ "x.gz" is copied and then unpacked by "zcat"
    RUN <<EOF
    zcat /x.gz > /x
    EOF
    `,
    `
    FROM a:1
    COPY x.tar.gz /
    ~~~~ "x.tar.gz" is copied and then unpacked by "tar"
    RUN ["tar", "-xf", "/x.tar.gz"]
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    # the app
    COPY --chown=1 app.tar.gz /tmp/
    RUN tar -xzf /tmp/app.tar.gz -C /opt
    CMD ["x"]
    `,
      after: `
    FROM a:1
    # the app
    ADD --chown=1 app.tar.gz /opt/
    CMD ["x"]
    `,
    },
  ],
});
