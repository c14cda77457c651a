import type { Span } from "../base/text.ts";
import type { BundleModel } from "./bundle/model.ts";
import type { ComposeFile } from "./compose/model.ts";
import type { Dockerfile } from "./dockerfile/model.ts";
import type { Confidence, Fix, Severity } from "./finding.ts";
import type { ImageModel } from "./image/model.ts";

/** The parsed models a rule can ask for, by the name it puts in `target`. */
export interface Targets {
  dockerfile: Dockerfile;
  image: ImageModel;
  bundle: BundleModel;
  compose: ComposeFile;
}

/** The language that the sources of a target are written in. */
export function languageOf(target: keyof Targets): "dockerfile" | "json" | "yaml" {
  if (target === "compose") return "yaml";
  return target === "dockerfile" ? "dockerfile" : "json";
}

export interface RuleMeta<T extends keyof Targets> {
  /** Stable code, never reused: `DF` Dockerfile, `CO` compose file, `IM` image, `RT` runtime config, `SP` seccomp profile. */
  readonly id: string;
  /** Kebab-case name of the pattern found, and the file name: "allow <name>" reads as a sentence. */
  readonly name: string;
  readonly target: T;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One line, no full stop: what is reported. */
  readonly summary: string;
  /** Markdown: what an attacker or an outage gains from the pattern. */
  readonly why: string;
  /** Markdown: what to write instead. */
  readonly howToFix: string;
  /** Smallest source that the rule reports (a Dockerfile, a compose file; for images and bundles JSON of the part that matters). */
  readonly bad: string;
  /** The same source as it should be; the rule is silent about it. */
  readonly good: string;
  /** Files of the build context (name to text) that the examples stand in, where the rule looks at it. */
  readonly context?: Readonly<Record<string, string>>;
  readonly since: string;
  /**
   * The smallest rule profile that runs it: `recommended` (the default) is quiet on good files, `strict` adds what careful
   * teams want, `all` also taste and what depends on a team's policy. Left out: recommended.
   */
  readonly profile?: RuleProfile;
  /** What a team may set under `options` of this rule in .tguard.yaml. */
  readonly options?: RuleOptions;
  /** Options that `bad` and `good` are read with, for rules that find nothing before somebody sets them. */
  readonly exampleOptions?: Readonly<Record<string, OptionValue>>;
  /** Ids of the same check in other tools, `tool:ID`; suppression comments of those tools are read by them. */
  readonly aliases: readonly string[];
  /** `CWE-250` and the like; becomes a SARIF tag. */
  readonly cwe: readonly string[];
  /** Items of benchmarks, `CIS-Docker-4.1`. */
  readonly benchmarks?: readonly string[];
  readonly references: readonly string[];
}

/** Sets of rules, each holding the ones before it. */
export const ruleProfiles = ["recommended", "strict", "all"] as const;

export type RuleProfile = (typeof ruleProfiles)[number];

/** Options of a rule by name, with their defaults: the default's type is the option's. */
export type RuleOptions = Readonly<
  Record<string, { readonly default: OptionValue; readonly description: string }>
>;

export type OptionValue = boolean | number | string | readonly string[];

/** The values of a rule's options, each that nobody set at its default. */
export interface OptionReader {
  /** @throws Error when the rule declares no such option: a bug of the rule. */
  boolean(name: string): boolean;
  number(name: string): number;
  string(name: string): string;
  strings(name: string): readonly string[];
}

/** What a rule may add to a report beyond place and message. */
export interface ReportDetails {
  /** When this place is less bad than `meta.severity` says; what the configuration sets goes before it. */
  readonly severity?: Severity;
  readonly fix?: Fix;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
  /** Text that no report may show (a password); the message must not quote it either. */
  readonly masked?: readonly Span[];
}

/** Report one place. Severity and rule id come from the rule's `meta`. */
export type Report = (at: Span, message: string, details?: ReportDetails) => void;

export interface Rule<T extends keyof Targets = keyof Targets> {
  readonly meta: RuleMeta<T>;
  /** Pure: reads the model, calls `report`; no I/O, no clock, no state kept between calls. */
  check(model: Targets[T], report: Report, options: OptionReader): void;
}

/** Identity that gives a rule literal its type. */
export function defineRule<T extends keyof Targets>(rule: Rule<T>): Rule<T> {
  return rule;
}
