import rule from "../../../src/rules/dockerfile/pip-extra-index.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN pip install --index-url https://h/simple x
    RUN pip install --require-hashes --extra-index-url https://h/simple -r r.txt
    RUN uv pip install --extra-index-url https://h/simple x
    RUN pip config set global.index-url https://h/simple
    RUN npm install --extra-index-url x
    ARG PIP_EXTRA_INDEX_URL
    ENV PIP_INDEX_URL=https://h/simple PIP_EXTRA_INDEX_URL=
    `,
  ],
  found: [
    `
    FROM a:1
    ENV PIP_EXTRA_INDEX_URL=https://user:pw@h/simple
                            ~~~~~~~~~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
    RUN pip install --extra-index-url https://h/simple x
                                      ~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
    run pip3 install --extra-index-url=$INDEX x
                     ~~~~~~~~~~~~~~~~~~~~~~~~ a second index is searched
    `,
    `
    # ü
    FROM a:1
    ARG PIP_EXTRA_INDEX_URL=https://h/simple
                            ~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
    ONBUILD RUN PIP_EXTRA_INDEX_URL=https://h/simple \\
                                    ~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
      # note
      pip install x
    RUN <<EOF
    python3 -m pip config set global.extra-index-url https://h/simple
                                                     ~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
    uv pip install --index-strategy unsafe-best-match --extra-index-url https://h/simple x
                                                                        ~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
    EOF
    RUN ["pip", "download", "--extra-index-url", "https://h/simple", "x"]
                                                 ~~~~~~~~~~~~~~~~~~ "https://h/simple" is searched beside the first index
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN pip install --extra-index-url https://h/simple x
      RUN pip install --extra-index-url=https://h/simple x
      RUN pip install -i https://i/simple --extra-index-url https://h/simple x
      `,
      after: `
      FROM a:1
      RUN pip install --index-url https://h/simple x
      RUN pip install --index-url=https://h/simple x
      RUN pip install -i https://i/simple --extra-index-url https://h/simple x
      `,
    },
  ],
});
