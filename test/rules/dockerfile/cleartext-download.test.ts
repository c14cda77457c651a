import rule from "../../../src/rules/dockerfile/cleartext-download.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN curl https://example.com/x && wget http://localhost:8080/ http://127.0.0.1/x http://[::1]/x http://registry/x http://169.254.169.254/latest
    `,
    `
    FROM debian:12
    ENV http_proxy=http://proxy.example.com:3128
    RUN http_proxy=http://proxy.example.com curl -x http://proxy.example.com -e http://example.com https://example.com/x
    `,
    `
    FROM debian:12
    RUN echo "see http://example.com/" > /readme && sed -i 's#a#http://example.com/#' /x && grep http://example.com /y
    `,
    `
    FROM debian:12
    RUN curl http://$HOST/x && curl http://mirror.$DOMAIN/x && wget $URL
    ADD http://\${HOST}/x /
    `,
    `
    FROM debian:12
    RUN curl -H "Origin: http://example.com" -d http://example.com https://example.com/
    `,
    `
    # http://example.com/
    FROM debian:12
    HEALTHCHECK CMD curl -f http://example.com/
    LABEL url=http://example.com/
    `,
    `
    FROM debian:12
    ADD <<EOF /x.xml
    <a xmlns="http://example.com/ns"/>
    EOF
    `,
  ],
  found: [
    `
    FROM debian:12
    ADD http://example.com/app.tar ftp://ftp.example.com/x /app/
        ~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/app.tar" is fetched without encryption
                                   ~~~~~~~~~~~~~~~~~~~~~~~ "ftp://ftp.example.com/x" is fetched without encryption
    `,
    `
    FROM debian:12
    RUN curl -fsSLO http://example.com/a && wget -q ftp://example.com/b && git clone http://example.com/r.git
                    ~~~~~~~~~~~~~~~~~~~~ "http://example.com/a" is fetched without encryption
                                                    ~~~~~~~~~~~~~~~~~~~ "ftp://example.com/b" is fetched without encryption
                                                                                     ~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/r.git" is fetched without encryption
    `,
    `
    FROM debian:12
    run pip install -i http://pypi.example.com/simple x && pip install --extra-index-url=http://pypi.example.com/simple y \\
                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://pypi.example.com/simple" is fetched without encryption
                                                                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://pypi.example.com/simple" is fetched without encryption
      # é
      && npm install --registry http://npm.example.com x && npm config set registry http://npm.example.com/
                                ~~~~~~~~~~~~~~~~~~~~~~ "http://npm.example.com" is fetched without encryption
                                                                                    ~~~~~~~~~~~~~~~~~~~~~~~ "http://npm.example.com/" is fetched without encryption
    ONBUILD RUN yum-config-manager --add-repo http://example.com/x.repo && rpm -i http://example.com/x.rpm && yum install -y http://example.com/y.rpm
                                              ~~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/x.repo" is fetched without encryption
                                                                                  ~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/x.rpm" is fetched without encryption
                                                                                                                             ~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/y.rpm" is fetched without encryption
    `,
    `
    FROM debian:12
    RUN curl http://user:secret@example.com/$FILE?token=secret
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/" is fetched without encryption
    RUN ["curl", "http://example.com/x"]
                 ~~~~~~~~~~~~~~~~~~~~~~ "http://example.com/x" is fetched without encryption
    RUN <<EOF
    curl --url http://example.com/x
               ~~~~~~~~~~~~~~~~~~~~ "http://example.com/x" is fetched without encryption
    EOF
    `,
    `
    # What is signed or compared is a note.
    FROM debian:12
    RUN echo "deb http://deb.debian.org/debian bookworm main" > /etc/apt/sources.list
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://deb.debian.org/debian" is fetched without encryption
    RUN apk add -X http://dl-cdn.alpinelinux.org/alpine/edge/main curl
                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://dl-cdn.alpinelinux.org/alpine/edge/main" is fetched without encryption
    RUN echo http://dl-cdn.alpinelinux.org/alpine/edge/main >> /etc/apk/repositories
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "http://dl-cdn.alpinelinux.org/alpine/edge/main" is fetched without encryption
    RUN curl -O http://example.com/x && echo "abc  x" | sha256sum -c -
                ~~~~~~~~~~~~~~~~~~~~ "http://example.com/x" is fetched without encryption
    ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d http://example.com/x /
                                                                                           ~~~~~~~~~~~~~~~~~~~~ "http://example.com/x" is fetched without encryption
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      ADD http://example.com/app.tar /app/
      # then
      RUN wget HTTP://example.com/x \\
        && true
      `,
      after: `
      FROM debian:12
      ADD https://example.com/app.tar /app/
      # then
      RUN wget https://example.com/x \\
        && true
      `,
    },
  ],
});
