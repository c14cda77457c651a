import { expect, test } from "vitest";
import { settingsOf } from "../../../src/audit/dockerfile/helpers-settings.ts";
import { writtenTexts } from "../../../src/audit/dockerfile/helpers-written-texts.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";

test.each([
  ["RUN echo a b > /f", [["/f", "a b"]]],
  [
    "RUN printf 'a\\nb' | sudo tee -a /f /g",
    [
      ["/f", "a\nb"],
      ["/g", "a\nb"],
    ],
  ],
  ["RUN cat > /f <<X\na\nX", [["/f", "a\n"]]],
  ["COPY <<X /f\na\nX", [["/f", "a\n"]]],
  ["RUN sed -i 's/a=1/a=0/g' /f", [["/f", "a=0"]]],
  ["RUN sed -i -e 's|a|b|' -e '$ a c' /f", [["/f", "b\n$ a c"]]],
  ["RUN sed 's/a/b/' /f", []],
  ["RUN echo a", []],
  ["RUN echo a 2>&1 | cat", []],
])("written: %s", (source, expected) => {
  const model = parseDockerfile(`FROM a\n${source}\n`);
  expect(writtenTexts(model).map(({ file, text }) => [file, text])).toEqual(expected);
});

test.each([
  ["ENV A=1 B=2", ["1"]],
  ["ENV A 1", ["1"]],
  ["ARG A=1", ["1"]],
  ["ARG A", []],
  ["RUN A=1 x && env A=2 y && export A=3", ["1", "2", "3"]],
  ["ONBUILD ENV A=$X", [undefined]],
  ["LABEL A=1", []],
])("settings: %s", (source, expected) => {
  const model = parseDockerfile(`FROM a\n${source}\n`);
  expect(settingsOf(model, "A").map(({ value }) => value)).toEqual(expected);
});
