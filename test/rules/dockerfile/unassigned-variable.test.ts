import rule from "../../../src/rules/dockerfile/unassigned-variable.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN x=1 && echo $x
    `,
    `
    FROM a:1
    RUN echo $X \${y:-z} \${w+a} \${v:=b}
    `,
    `
    FROM a:1
    RUN for i in a b; do echo $i; done
    `,
    `
    FROM a:1
    RUN read l < a && echo $l
    `,
    `
    FROM a:1
    ARG v
    ENV w=1
    RUN echo $v $w $http_proxy
    `,
    `
    FROM a:1
    RUN . /a && echo $x
    `,
    `
    FROM a:1
    RUN echo '$x' \\$y
    `,
    `
    FROM a:1
    RUN while read -r a b; do echo "$a $b"; done < c
    `,
    `
    FROM a:1
    RUN awk '{print $x}' b
    `,
    `
    FROM a:1
    ONBUILD RUN echo $x
    `,
    `
    FROM a:1
    RUN ["sh", "-c", "echo $x"]
    `,
    `
    FROM a:1
    RUN f() { local a=1; echo $a; }; f
    `,
    `
    FROM a:1
    RUN x=1 sh -c 'echo $x'
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo $x
             ~~ nothing assigns "x"
    `,
    `
    FROM a:1
    RUN version=1 && curl "https://a/\${verson}/b"
                                     ~~~~~~~~~ nothing assigns "verson"
    `,
    `
    FROM a:1
    RUN x=1
    RUN echo é && \\
      # why
      rm -rf "$x/lib" "$x" && y=$z > $w
              ~~ nothing assigns "x"
                                ~~ nothing assigns "z"
    `,
    `
    FROM a:1
    RUN <<EOF
    cp a $dir
         ~~~~ nothing assigns "dir"
    EOF
    `,
  ],
});
