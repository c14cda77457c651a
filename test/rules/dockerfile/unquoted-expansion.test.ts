import rule from "../../../src/rules/dockerfile/unquoted-expansion.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo "$x" '$y' \\$z
    `,
    `
    FROM a:1
    RUN x=$y && export z=$(a)
    `,
    `
    FROM a:1
    RUN [[ $a = b ]]
    `,
    `
    FROM a:1
    RUN make -j$(nproc)
    `,
    `
    FROM a:1
    RUN echo $? $# $((1+1)) \${#x}
    `,
    `
    FROM a:1
    ARG V=1
    ENV P="a b"
    RUN curl https://x/$V && apt-get install $P
    `,
    // The file declares them; and a known value without blanks is one word.
    `
    FROM a:1
    ARG V
    RUN curl x/$V \${V%.*} && a=1.2 && curl x/$a
    `,
    `
    FROM a:1
    RUN for i in $l; do echo "$i"; done
    `,
    `
    FROM a:1
    RUN case $a in b) c;; esac
    `,
    `
    FROM a:1
    ONBUILD RUN echo $x
    `,
    `
    FROM a:1
    RUN ["echo", "$x"]
    `,
    `
    FROM a:1
    RUN $CMD a
    `,
  ],
  found: [
    `
    FROM a:1
    ARG p
    RUN p="a b" && apt-get install $p
                                   ~~ "$p" is split at blanks and globbed
    RUN r='^a*' && grep $r b
                        ~~ "$r" is split at blanks and globbed
    `,
    `
    FROM a:1
    RUN rm -rf $x/y
               ~~ "$x" is split at blanks and globbed
    `,
    `
    FROM a:1
    RUN echo \${x}a "b$c"d$e
             ~~~~ "\${x}" is split at blanks and globbed
                         ~~ "$e" is split at blanks and globbed
    `,
    `
    FROM a:1
    RUN sudo tar -C $(dirname "$x") -xf a
                    ~~~~~~~~~~~~~~~ "$(dirname "$x")" is split at blanks and globbed
    `,
    `
    FROM a:1
    RUN echo \`cat a\`
             ~~~~~~~ "\`cat a\`" is split at blanks and globbed
    `,
    `
    FROM a:1
    RUN curl é/$V && \\
               ~~ "$V" is split at blanks and globbed
      # why
      [ $a = b ]
        ~~ "$a" is split at blanks and globbed
    RUN <<EOF
    cp $x $y
       ~~ "$x" is split at blanks and globbed
          ~~ "$y" is split at blanks and globbed
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN rm -rf $x/y \${z} $w*
    `,
      after: `
    FROM a:1
    RUN rm -rf "$x/y" "\${z}" $w*
    `,
    },
  ],
});
