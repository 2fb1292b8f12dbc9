import { Button, Text } from "@mantine/core";
import { PencilLine, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useForm } from "../context";
import { FieldFrame } from "../fields/FieldFrame";
import type { FieldProps } from "../fields/FormField";
import { SelectorField } from "../fields/NamedFields";
import classes from "./QuestionsField.module.css";
import { freeId, idOf, TYPES, typeOf, valueOf } from "./spelling";

const QuestionsDialog = lazy(async () => ({ default: (await import("./QuestionsDialog")).QuestionsDialog }));

/** The questions of an interview in short, and the way to edit them. */
export function QuestionsField(props: FieldProps) {
  const { field, path, value, required, faults } = props;
  const { change } = useForm();
  const [open, setOpen] = useState<number | null>(null);
  if (typeof value === "string") return <SelectorField {...props} />;
  const questions = Array.isArray(value) ? (value as unknown[]) : [];
  const add = () => {
    change(path, [...questions, { id: freeId(questions), question: "" }]);
    setOpen(questions.length);
  };
  return (
    <FieldFrame field={{ ...field, description: "" }} required={required} faults={faults} group>
      {() => (
        <>
          {questions.length === 0 && (
            <Text size="xs" c="dimmed">
              Nothing is asked yet.
            </Text>
          )}
          <ol className={classes.short}>
            {questions.map((question, index) => (
              <li key={index}>
                <button type="button" className={classes.shortRow} onClick={() => setOpen(index)}>
                  <span className={classes.shortId}>{idOf(question, index)}</span>
                  <span className={classes.shortType}>{TYPES[typeOf(question)] ?? typeOf(question)}</span>
                  <span className={classes.shortText}>{String(valueOf(question, "question") ?? "") || "No words yet"}</span>
                </button>
              </li>
            ))}
          </ol>
          <div className={classes.shortActions}>
            {questions.length > 0 && (
              <Button size="xs" leftSection={<PencilLine size={14} />} onClick={() => setOpen(0)}>
                Edit questions
              </Button>
            )}
            <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={add}>
              Add a question
            </Button>
          </div>
          {open !== null && (
            <Suspense fallback={null}>
              <QuestionsDialog path={path} questions={questions} first={open} onClose={() => setOpen(null)} />
            </Suspense>
          )}
        </>
      )}
    </FieldFrame>
  );
}
