import { isRailsStage } from "../../audit/dockerfile/helpers-rails.ts";
import {
  effectiveHealthcheck,
  finalChain,
  finalStage,
  stageInstructions,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1227",
    name: "rails-without-healthcheck",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Rails image has no health check on `/up`",
    why: "A Rails process that hangs still holds its port: without a check nothing takes it out of service. A check by `curl` fails for ever in an image that has none.",
    howToFix:
      'Write `HEALTHCHECK CMD ["ruby", "-rnet/http", "-e", "exit Net::HTTP.get_response(URI(\'http://localhost:3000/up\')).is_a?(Net::HTTPSuccess)"]`, or install `curl` in the last stage.',
    bad: 'FROM ruby:3.4\nCOPY . /rails\nCMD ["./bin/rails", "server"]\n',
    good: 'FROM ruby:3.4\nCOPY . /rails\nHEALTHCHECK CMD ["ruby", "/rails/bin/check"]\nCMD ["./bin/rails", "server"]\n',
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:ruby/healthcheck-rails-up-endpoint"],
    cwe: [],
    references: [
      "https://guides.rubyonrails.org/configuring.html",
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage?.from.image === undefined || !isRailsStage(dockerfile, stage)) return;
    const check = effectiveHealthcheck(dockerfile, stage);
    if (check === undefined) {
      report(stage.from.image.span, "image of a Rails application has no health check");
      return;
    }
    const installed = finalChain(dockerfile)
      .flatMap((part) => stageInstructions(part, "run"))
      .flatMap((run) => scriptOf(dockerfile, run).commands.flatMap((command) => packages(command)))
      .map(({ name }) => name);
    for (const { name, words } of commandsNamed(scriptOf(dockerfile, check), ["curl", "wget"]))
      if (name !== undefined && words[0] !== undefined && !installed.includes(name))
        report(words[0].span, `nothing in the last stage installs "${name}"`);
  },
});

export default rule;
