import { ActionIcon, Button, Modal, SegmentedControl, Tabs, Text, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { ArrowDown, ArrowUp, Copy, GripVertical, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { EditPath } from "../../types";
import { StatusPill } from "../../../components/StatusPill";
import { Sentence } from "../../Sentence";
import { faultsAt, useForm } from "../context";
import { moved } from "../edits";
import { spellingIn } from "../Form";
import { isRecord } from "../shapes";
import { InterviewPicture } from "./InterviewPicture";
import { useInterview } from "./preview";
import { QuestionForm } from "./QuestionForm";
import classes from "./QuestionsDialog.module.css";
import { freeId, idOf, TYPES, typeOf, valueOf } from "./spelling";
import { TestCalls } from "./TestCalls";
import { TryAnswer } from "./TryAnswer";

/** The questions of an interview side by side with what becomes of them: the graph, test calls, and answers to try. */
export function QuestionsDialog({
  path,
  questions,
  first,
  onClose,
}: {
  path: EditPath;
  questions: readonly unknown[];
  first: number;
  onClose: () => void;
}) {
  const { root, graph, step, change, faults } = useForm();
  const [chosen, setChosen] = useState(first);
  const [view, setView] = useState<string | null>("graph");
  const [call, setCall] = useState<number | null>(null);
  const [play, setPlay] = useState(false);
  const narrow = useMediaQuery("(max-width: 860px)", false, { getInitialValueInEffect: false });
  const fields = isRecord(root) ? root : {};
  const index = Math.min(chosen, questions.length - 1);
  const question = questions[index];
  const flowKey = spellingIn(fields, "flow");
  const flow = fields[flowKey] === "linear" ? "linear" : "branching";
  const usual = typeof graph.defaults.language === "string" ? graph.defaults.language : "en";
  const language = typeof fields.language === "string" && /^[a-z]{2}/.test(fields.language) ? fields.language : usual;
  const request = { questions, flow, language, has_goodbye: fields.goodbye !== undefined };
  const { data: interview } = useInterview(request, play);

  const put = (next: readonly unknown[]) => change(path, next.length === 0 ? undefined : [...next]);
  const reorder = (from: number, to: number) => {
    if (to < 0 || to >= questions.length || from === to) return;
    put(moved(questions, from, to));
    setChosen(to);
  };
  const add = (one: unknown) => {
    put([...questions.slice(0, index + 1), one, ...questions.slice(index + 1)]);
    setChosen(questions.length === 0 ? 0 : index + 1);
  };
  const remove = (at: number) => {
    put(questions.filter((_, other) => other !== at));
    setChosen(Math.max(0, at - 1));
  };
  const choose = (id: string) => {
    const at = questions.findIndex((one, place) => idOf(one, place) === id);
    if (at >= 0) setChosen(at);
  };
  const isUnwritten = questions.some((one) => !valueOf(one, "question"));
  const shownCall = call === null ? null : (interview?.calls[call] ?? null);

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Questions of ${step?.id ?? "the interview"}`}
      size={1320}
      fullScreen={narrow}
      classNames={{ body: classes.dialog, content: classes.content }}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <nav className={classes.list} aria-label="Questions">
        <ol>
          {questions.map((one, at) => (
            <li
              key={at}
              draggable
              onDragStart={(event) => event.dataTransfer.setData("text/x-question", String(at))}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                const from = event.dataTransfer.getData("text/x-question");
                if (from !== "") reorder(Number(from), at);
              }}
            >
              <div
                className={classes.item}
                data-chosen={at === index || undefined}
                data-wrong={faultsAt(faults, [...path, at], true).some((fault) => fault.severity === "error") || undefined}
              >
                <GripVertical size={14} aria-hidden className={classes.grip} />
                <button
                  type="button"
                  className={classes.itemName}
                  aria-current={at === index ? "true" : undefined}
                  onClick={() => setChosen(at)}
                  onKeyDown={(event) => {
                    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
                    event.preventDefault();
                    reorder(at, event.key === "ArrowUp" ? at - 1 : at + 1);
                  }}
                >
                  <span className={classes.itemId}>{idOf(one, at)}</span>
                  <span className={classes.itemType}>{TYPES[typeOf(one)] ?? typeOf(one)}</span>
                </button>
              </div>
            </li>
          ))}
        </ol>
        <div className={classes.listActions}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={14} />}
            onClick={() => add({ id: freeId(questions), question: "" })}
          >
            Add
          </Button>
          {question !== undefined && (
            <>
              <Act label="Move up" disabled={index === 0} onClick={() => reorder(index, index - 1)}>
                <ArrowUp size={15} />
              </Act>
              <Act label="Move down" disabled={index === questions.length - 1} onClick={() => reorder(index, index + 1)}>
                <ArrowDown size={15} />
              </Act>
              <Act
                label="Duplicate"
                onClick={() => add({ ...(isRecord(question) ? question : {}), id: freeId(questions, idOf(question, index)) })}
              >
                <Copy size={15} />
              </Act>
              <Act label={`Remove ${idOf(question, index)}`} onClick={() => remove(index)}>
                <Trash2 size={15} />
              </Act>
            </>
          )}
        </div>
        <div className={classes.order}>
          <span id="order-of-questions">After a branch</span>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-labelledby="order-of-questions"
            value={flow}
            data={[
              { value: "branching", label: "Skip the others" },
              { value: "linear", label: "List order" },
            ]}
            onChange={(next) => change([flowKey], next === "linear" ? "linear" : undefined)}
          />
        </div>
      </nav>
      <div className={classes.form}>
        {question === undefined ? null : (
          <QuestionForm
            key={index}
            path={[...path, index]}
            question={question}
            questions={questions}
            onQuestions={put}
            index={index}
          />
        )}
      </div>
      <div className={classes.side}>
        <Tabs value={view} onChange={setView} keepMounted={false} className={classes.tabs}>
          <Tabs.List aria-label="What becomes of the questions">
            <Tabs.Tab value="graph">Graph</Tabs.Tab>
            <Tabs.Tab value="calls">
              Test calls {interview?.calls.length ? <span className={classes.count}>{interview.calls.length}</span> : null}
            </Tabs.Tab>
            <Tabs.Tab value="try">Try an answer</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="graph" className={classes.tab}>
            {isUnwritten && !interview?.graph ? (
              <Text size="sm" c="dimmed" p="md">
                The graph is drawn once every question has its words.
              </Text>
            ) : (
              <InterviewPicture
                graph={interview?.graph ?? null}
                chosen={idOf(question, index)}
                onChoose={choose}
                call={shownCall}
                calls={play ? (interview?.calls ?? []) : []}
              />
            )}
            <Wrong faults={(interview?.faults ?? []).filter(({ message }) => !UNWRITTEN.test(message))} />
          </Tabs.Panel>
          <Tabs.Panel value="calls" className={classes.tab}>
            <TestCalls
              calls={interview?.calls ?? []}
              shown={call}
              onShow={(at) => {
                setCall(at === call ? null : at);
                if (at !== call) setView("graph");
              }}
              isPlayed={play}
              onPlay={() => setPlay(true)}
            />
          </Tabs.Panel>
          <Tabs.Panel value="try" className={classes.tab}>
            {question !== undefined && (
              <TryAnswer
                key={index}
                question={question}
                id={String(valueOf(question, "id") ?? "")}
                questions={questions}
                flow={flow}
                language={language}
              />
            )}
          </Tabs.Panel>
        </Tabs>
      </div>
    </Modal>
  );
}

function Act({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** What is said at the field already. */
const UNWRITTEN = /^`question` of .* must be a text, and it is “”\.$/;

function Wrong({ faults }: { faults: { severity: string; path: string; message: string; fix: string }[] }) {
  if (faults.length === 0) return null;
  return (
    <ul className={classes.wrong}>
      {faults.map((fault, index) => (
        <li key={index}>
          <StatusPill tone={fault.severity === "error" ? "bad" : "wait"}>
            {fault.severity === "error" ? "Error" : "Note"}
          </StatusPill>
          <span>
            <Sentence>{`${fault.message} ${fault.fix}`}</Sentence>
          </span>
        </li>
      ))}
    </ul>
  );
}
