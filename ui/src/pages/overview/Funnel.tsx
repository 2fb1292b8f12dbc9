import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { components } from "../../api/schema";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Card } from "../settings/Card";
import { type Asked, funnel } from "./asking";
import classes from "./Overview.module.css";
import { count, percent } from "./words";

type Step = components["schemas"]["StepFiguresOut"];
type Question = components["schemas"]["QuestionFiguresOut"];

/** How far runs of one workflow came, and how far people came in its conversations. */
export function Funnel({ flow, question }: { flow: string; question: Asked }) {
  const [version, setVersion] = useState<number | undefined>(undefined);
  const found = useQuery(funnel(flow, question, version));
  if (found.error) return <ErrorNotice error={found.error} retry={() => void found.refetch()} />;
  if (!found.data || found.data.steps.length === 0) return null;
  const { versions, questions } = found.data;
  const steps = merged(found.data.steps);
  const most = Math.max(...steps.map(({ reached }) => reached), 1);
  return (
    <Card
      title={`The way through ${flow}`}
      about="How often each step was come to, and how it was left. A run that goes back counts again."
      actions={
        versions.length > 1 && (
          <Select
            size="xs"
            w={150}
            aria-label="Version"
            placeholder="Every version"
            clearable
            value={version === undefined ? null : String(version)}
            onChange={(value) => setVersion(value === null ? undefined : Number(value))}
            data={versions.map((one) => ({ value: String(one), label: `Version ${one}` }))}
          />
        )
      }
    >
      <ol className={classes.funnel}>
        {steps.map((step) => (
          <StepRow key={step.step} step={step} most={most} />
        ))}
      </ol>
      {questions.length > 0 && <Questions questions={questions} />}
    </Card>
  );
}

function StepRow({ step, most }: { step: Step; most: number }) {
  const part = (value: number) => `${(100 * value) / most}%`;
  const outcomes = Object.entries(step.outcomes).sort(([, one], [, other]) => other - one);
  return (
    <li className={classes.step}>
      <span className={classes.stepName}>{step.step}</span>
      <span className={classes.track} aria-hidden>
        <span data-part="done" style={{ width: part(step.done) }} />
        <span data-part="waiting" style={{ width: part(step.waiting) }} />
        <span data-part="failed" style={{ width: part(step.failed) }} />
      </span>
      <span className={`${classes.stepCounts} rl-figures`}>
        {count(step.reached)} reached, {count(step.done)} done
        {step.waiting > 0 && `, ${count(step.waiting)} waiting`}
        {step.failed > 0 && `, ${count(step.failed)} failed`}
      </span>
      {outcomes.length > 1 && (
        <span className={classes.outcomes}>
          {outcomes.map(([name, value]) => `${name.replaceAll("_", " ")} ${count(value)}`).join(" · ")}
        </span>
      )}
    </li>
  );
}

function Questions({ questions }: { questions: Question[] }) {
  const found = new Map<string, Question>();
  for (const one of questions) {
    const key = `${one.step}/${one.question}`;
    const known = found.get(key);
    found.set(key, known ? added(known, one) : one);
  }
  const rows = [...found.values()].sort((one, other) => other.asked - one.asked);
  const most = Math.max(...rows.map(({ asked }) => asked), 1);
  return (
    <>
      <Text component="h3" size="sm" fw={650} mt="lg" mb={6}>
        Questions
      </Text>
      <ol className={classes.funnel}>
        {rows.map((one) => (
          <li key={`${one.step}/${one.question}`} className={classes.step}>
            <span className={classes.stepName}>{one.question}</span>
            <span className={classes.track} aria-hidden>
              <span data-part="done" style={{ width: `${(100 * one.answered) / most}%` }} />
              <span data-part="waiting" style={{ width: `${(100 * (one.asked - one.answered)) / most}%` }} />
            </span>
            <span className={`${classes.stepCounts} rl-figures`}>
              {count(one.asked)} asked, {percent(one.asked ? one.answered / one.asked : null)} answered
              {one.left > 0 && `, ${count(one.left)} left here`}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function added(one: Question, other: Question): Question {
  return { ...one, asked: one.asked + other.asked, answered: one.answered + other.answered, left: one.left + other.left };
}

/** The same step of several versions, counted together. */
function merged(steps: Step[]): Step[] {
  const found = new Map<string, Step>();
  for (const step of [...steps].sort((one, other) => other.version - one.version)) {
    const known = found.get(step.step);
    if (!known) {
      found.set(step.step, { ...step, outcomes: { ...step.outcomes } });
      continue;
    }
    known.reached += step.reached;
    known.done += step.done;
    known.failed += step.failed;
    known.waiting += step.waiting;
    for (const [name, value] of Object.entries(step.outcomes)) known.outcomes[name] = (known.outcomes[name] ?? 0) + value;
  }
  return [...found.values()];
}
