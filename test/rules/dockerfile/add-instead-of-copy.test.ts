import rule from "../../../src/rules/dockerfile/add-instead-of-copy.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY . /app
    `,
    `
    FROM a:1
    ADD https://example.org/x.sh /x
    `,
    `
    FROM a:1
    ADD "https://example.org/x" /x
    `,
    `
    FROM a:1
    ADD git@github.com:a/b.git /b
    `,
    `
    FROM a:1
    ADD https://github.com/a/b.git#v1 /b
    `,
    `
    FROM a:1
    ADD git://example.org/a.git /b
    `,
    `
    FROM a:1
    ADD a.tar b.tar.gz c.tgz d.tbz e.tbz2 f.txz g.tlz h.tzst /x/
    `,
    `
    FROM a:1
    ADD i.gz j.bz2 k.xz l.Z m.lz n.lzma o.tar.zst /x/
    `,
    `
    FROM a:1
    ADD rootfs.tar* /
    `,
    `
    FROM a:1
    ADD $URL /x
    `,
    `
    FROM a:1
    ADD app$SUFFIX /x
    `,
    `
    FROM a:1
    ADD \${NAME}.tar.gz /
    `,
    `
    FROM a:1
    ADD ["a.tar.gz", "/x/"]
    `,
    `
    FROM a:1
    ADD --checksum=sha256:00 https://example.org/x /x
    `,
  ],
  found: [
    `
    FROM a:1
    ADD . /app
    ~~~ "ADD" of "." does no more than "COPY"
    `,
    `
    FROM a:1
    add app.py /app
    ~~~ "add" of "app.py" does no more than "COPY"
    ADD x.zip /x
    ~~~ "ADD" of "x.zip" does no more than "COPY"
    `,
    `
    FROM a:1
    ADD a.tar.gz plain.txt /x/
    ~~~ "ADD" of "plain.txt" does no more than "COPY"
    `,
    `
    FROM a:1
    ADD <<EOF /x
    ~~~ "ADD" of "<<EOF" does no more than "COPY"
    text
    EOF
    `,
    `
    FROM a:1
    ADD ["a b.txt", "/x/"]
    ~~~ "ADD" of "a b.txt" does no more than "COPY"
    `,
    `
    FROM a:1
    ONBUILD ADD . /app
            ~~~ "ADD" of "." does no more than "COPY"
    `,
    `
    FROM a:1
    ADD conf/\${ENV}.json /etc/
    ~~~ "ADD" of "conf/\${ENV}.json" does no more than "COPY"
    `,
    `
    # ü
    FROM a:1
    ADD --chown=app:app \\
    ~~~ "ADD" of "src/" does no more than "COPY"
      # note
      src/ /src/
    `,
    `
    FROM a:1
    ADD https://example.org/x app.py /x/
    ~~~ "ADD" of "app.py" does no more than "COPY"
    `,
    `
    FROM a:1
    ADD --unpack=false app.py /x/
    ~~~ "ADD" of "app.py" does no more than "COPY"
    `,
    `
    # escape=\`
    FROM a:1
    ADD \`
    ~~~ "ADD" of "app.py" does no more than "COPY"
      app.py c:/app/
    `,
    `
    ARG F=app.py
    FROM a:1
    ARG F
    ADD $F /x
    ~~~ "ADD" of "app.py" does no more than "COPY"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      ADD . /a
      add --chown=1 b.py /b
      `,
      after: `
      FROM a:1
      COPY . /a
      copy --chown=1 b.py /b
      `,
    },
    {
      before: `
      FROM a:1
      ADD --checksum=sha256:00 b.py /b
      ADD https://example.org/x b.py /b/
      `,
      after: `
      FROM a:1
      ADD --checksum=sha256:00 b.py /b
      ADD https://example.org/x b.py /b/
      `,
    },
  ],
});
