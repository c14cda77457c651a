import rule from "../../../src/rules/dockerfile/download-then-run-unverified.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN curl -o a.tgz https://h/a.tgz && echo "00  a.tgz" | sha256sum -c && tar xf a.tgz
    RUN wget https://h/b.zip https://h/b.zip.asc && gpg --verify b.zip.asc && unzip b.zip
    RUN curl https://h/x | sh
    RUN curl -o f https://h/x.json && jq . f
    RUN wget http://localhost/x.sh && sh x.sh
    RUN curl -o /etc/apt/keyrings/k.asc https://h/k && chmod a+r /etc/apt/keyrings/k.asc
    RUN wget -O p.apk https://h/p.apk && apk add p.apk
    RUN [ "$(sha256sum a | cut -d' ' -f1)" = 00 ]
    RUN curl -o data.csv https://h/data.csv && chmod 644 data.csv && cp data.csv /data/
    `,
    `
    FROM a:1
    RUN curl -o s.sh https://h/s.sh
    RUN echo "00 s.sh" | sha512sum --check
    RUN sh s.sh
    RUN curl -O https://h/c.rpm && rpm -K c.rpm && rpm -i c.rpm
    `,
    `
    FROM a:1 AS one
    RUN curl -o /s.sh https://h/s.sh
    FROM a:1
    RUN sh /s.sh
    `,
  ],
  found: [
    `
    FROM a:1
    RUN curl -fsSLo app.tgz https://h/app.tgz && tar xzf app.tgz
                            ~~~~~~~~~~~~~~~~~ what "https://h/app.tgz" gives is unpacked without a check
                                                 --- related: unpacked here
    run wget -q https://h/$V/i.sh -P /tmp; sh /tmp/i.sh
                ~~~~~~~~~~~~~~~~~ what "https://h/$V/i.sh" gives is run without a check
                                           -- related: run here
    RUN curl -o /usr/local/bin/t https://h/t?sig=abc && chmod +x /usr/local/bin/t
                                 ~~~~~~~~~~~~~~~~~~~ what "https://h/t" gives is made executable without a check
                                                        ----- related: made executable here
    `,
    `
    # ü
    FROM a:1 AS base
    WORKDIR /w
    RUN wget "https://h/a-\${V}.deb" \\
             ~~~~~~~~~~~~~~~~~~~~~~ what "https://h/a-\${V}.deb" gives is installed without a check
      # note
      && wget https://h/b.deb
              ~~~~~~~~~~~~~~~ what "https://h/b.deb" gives is installed without a check
    FROM base
    RUN dpkg -i *.deb
        ---- related: installed here
        ---- related: installed here
    `,
    `
    FROM a:1
    RUN <<EOF
    cd /tmp
    curl https://h/x.jar > x.jar
         ~~~~~~~~~~~~~~~ what "https://h/x.jar" gives is run without a check
    java -jar /tmp/x.jar
    ---- related: run here
    wget https://h/p.rpm
         ~~~~~~~~~~~~~~~ what "https://h/p.rpm" gives is installed without a check
    yum install -y ./p.rpm
    --- related: installed here
    EOF
    RUN curl -LO https://h/tool && mv tool /usr/bin/
                 ~~~~~~~~~~~~~~ what "https://h/tool" gives is installed without a check
                                   -- related: installed here
    RUN curl -o r https://h/r && chmod 755 r
                  ~~~~~~~~~~~ what "https://h/r" gives is made executable without a check
                                 ----- related: made executable here
    RUN wget -O p.apk https://h/p.apk && apk add --allow-untrusted p.apk
                      ~~~~~~~~~~~~~~~ what "https://h/p.apk" gives is installed without a check
                                         --- related: installed here
    `,
  ],
});
