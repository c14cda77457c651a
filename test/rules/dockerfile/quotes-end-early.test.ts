import rule from "../../../src/rules/dockerfile/quotes-end-early.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo "$a"/"$b" "$a"x"$b"
    `,
    `
    FROM a:1
    RUN echo 'a' b 'c'
    `,
    `
    FROM a:1
    RUN echo "a"="b"
    `,
    `
    FROM a:1
    RUN echo 'a'"b"'c' 'it'\\''s'
    `,
    `
    FROM a:1
    RUN echo "a"$b"c" "a"*"b"
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo "{"a":"1"}"
                ~ "a" stands outside of the quotes
    `,
    `
    FROM a:1
    RUN sed -i 's/a='b'/c/' x
                     ~ "b" stands outside of the quotes
    `,
    `
    FROM a:1
    RUN x && \\
      # é
      echo "foo "bar" baz" && \\
                 ~~~ "bar" stands outside of the quotes
      y
    RUN <<EOF
    echo "a"b"c"
            ~ "b" stands outside of the quotes
    EOF
    `,
  ],
});
