import { Text } from "@mantine/core";
import { useMemo } from "react";
import { drawn, taken } from "./picture";
import type { InterviewGraph, TestCall } from "./preview";
import classes from "./InterviewPicture.module.css";
import { TYPES } from "./spelling";

/** The interview as a picture: every question and every way on. A question is chosen by a click or by Enter. */
export function InterviewPicture({
  graph,
  chosen,
  onChoose,
  call,
  calls,
}: {
  graph: InterviewGraph | null;
  chosen: string;
  onChoose: (id: string) => void;
  /** The test call whose way is shown. */
  call: TestCall | null;
  /** Calls that were played, whose ways are painted. */
  calls: readonly TestCall[];
}) {
  const picture = useMemo(() => (graph === null ? null : drawn(graph)), [graph]);
  const way = useMemo(() => (graph === null || call === null ? new Set<number>() : taken(graph, call)), [graph, call]);
  const walked = useMemo(() => {
    const edges = new Set<number>();
    if (graph !== null) for (const one of calls) if (one.played?.as_planned) taken(graph, one).forEach((at) => edges.add(at));
    return edges;
  }, [graph, calls]);
  if (graph === null || picture === null) {
    return (
      <Text size="sm" c="dimmed" p="md">
        The graph is drawn once the errors below are mended.
      </Text>
    );
  }
  return (
    <>
      {call !== null && (
        <Text size="xs" mb={4}>
          The way of the chosen test call is highlighted: {call.questions.join(" → ")}.
        </Text>
      )}
      {calls.length > 0 && (
        <Text size="xs" mb={4} role="status">
          {walked.size} of {graph.edges.length} ways walked by {calls.filter((one) => one.played?.as_planned).length} calls.
        </Text>
      )}
      <div className={classes.picture} role="region" aria-label="The interview as a graph" tabIndex={0}>
        <svg
          width="100%"
          style={{ minWidth: Math.min(picture.width, picture.width * 0.68), maxWidth: picture.width }}
          viewBox={`0 0 ${picture.width} ${picture.height}`}
          role="group"
          aria-label={`${graph.questions.length} questions, beginning with ${graph.start}`}
        >
          <defs>
            <marker id="interview-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 8 4 0 8z" className={classes.arrowHead} />
            </marker>
          </defs>
          {picture.edges.map((edge, index) => (
            <g
              key={edge.id}
              className={classes.edge}
              data-way={way.has(index) || undefined}
              data-walked={walked.has(index) || undefined}
              data-by={edge.by}
            >
              <path d={smooth(edge.points)} markerEnd="url(#interview-arrow)" />
              {edge.label !== "" && (
                <text x={edge.at.x} y={edge.at.y} textAnchor="middle" dominantBaseline="middle">
                  {edge.label}
                </text>
              )}
            </g>
          ))}
          {picture.endings.map((ending) => (
            <g key={ending.id} className={classes.ending} data-kind={ending.kind}>
              <title>{ending.words}</title>
              <rect x={ending.x} y={ending.y} width={ending.width} height={ending.height} rx={15} />
              <text x={ending.x + ending.width / 2} y={ending.y + ending.height / 2} textAnchor="middle" dominantBaseline="central">
                {cut(ending.words, ending.width / 6.6)}
              </text>
            </g>
          ))}
          {picture.questions.map((place, index) => {
            const question = graph.questions[index];
            if (question === undefined) return null;
            const kind = kindOf(question);
            const choose = () => onChoose(question.id);
            return (
              <g
                key={place.id}
                className={classes.node}
                data-chosen={question.id === chosen || undefined}
                data-way={call?.questions.includes(question.id) || undefined}
                data-walked={calls.some((one) => one.played?.asked.includes(question.id)) || undefined}
                role="button"
                tabIndex={0}
                aria-pressed={question.id === chosen}
                onClick={choose}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" && event.key !== " ") return;
                  event.preventDefault();
                  choose();
                }}
              >
                <rect x={place.x} y={place.y} width={place.width} height={place.height} rx={10} />
                <text x={place.x + 12} y={place.y + 18} className={classes.nodeId}>
                  {cut(question.id, 26)}
                </text>
                <text x={place.x + 12} y={place.y + 35}>
                  {cut(question.question, 31)}
                </text>
                <text x={place.x + 12} y={place.y + 51} className={classes.nodeKind}>
                  {cut(kind, 34)}
                </text>
              </g>
            );
          })}
        </svg>
      </div>
    </>
  );
}

function kindOf(question: InterviewGraph["questions"][number]): string {
  const parts = [TYPES[question.type] ?? question.type];
  const { scale } = question;
  if (scale !== undefined) {
    const { minimum, maximum } = scale;
    const ends = [minimum === null ? null : `from ${minimum}`, maximum === null ? null : `to ${maximum}`];
    parts.push(ends.filter(Boolean).join(" ") + (scale.inferred ? " (by its words)" : ""));
  }
  if (question.choices !== undefined) parts.push(question.choices.join(", "));
  if (question.optional === true) parts.push("optional");
  return parts.join(" · ");
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.floor(most) - 1).trimEnd()}…` : text;
}

/** A line through all points, rounded where it turns. */
function smooth(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let line = `M${first.x} ${first.y}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    line +=
      next === undefined
        ? ` L${point.x} ${point.y}`
        : ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return line;
}
