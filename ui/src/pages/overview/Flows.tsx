import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { components } from "../../api/schema";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Card } from "../settings/Card";
import { type Column, Records } from "../settings/Records";
import { type Asked, flowFigures } from "./asking";
import { callsOf, completedShare, count, deliveredShare, interviewsOf, messagesOf, money, percent } from "./words";

type FlowFigures = components["schemas"]["FlowFiguresOut"];

/** What each workflow has sent, got back and spent. */
export function Flows({ question, onChoose }: { question: Asked; onChoose: (flow: string) => void }) {
  const found = useQuery(flowFigures(question));
  if (found.error) return <ErrorNotice error={found.error} retry={() => void found.refetch()} />;
  const rows = (found.data ?? [])
    .filter(({ totals }) => messagesOf(totals) || callsOf(totals) || totals.counts["runs.started"])
    .sort((one, other) => messagesOf(other.totals) - messagesOf(one.totals) || one.flow.localeCompare(other.flow));
  if (rows.length === 0) return null;
  const columns: Column<FlowFigures>[] = [
    {
      head: "Workflow",
      cell: ({ flow }) =>
        flow === "" ? (
          "None (API, broadcasts)"
        ) : (
          <Anchor component={Link} to={`/workflows/${encodeURIComponent(flow)}`} size="sm" underline="always">
            {flow}
          </Anchor>
        ),
    },
    { head: "Runs", cell: ({ totals }) => count(totals.counts["runs.started"] ?? 0) },
    { head: "Messages", cell: ({ totals }) => count(messagesOf(totals)) },
    { head: "Delivered", cell: ({ totals }) => percent(deliveredShare(totals)) },
    { head: "Replies", cell: ({ totals }) => count(totals.counts["inbound.replies"] ?? 0) },
    { head: "Opt-outs", cell: ({ totals }) => count(totals.counts["inbound.opt_outs"] ?? 0) },
    { head: "Calls", cell: ({ totals }) => count(callsOf(totals)) },
    {
      head: "Conversations completed",
      cell: ({ totals }) => (interviewsOf(totals) ? percent(completedShare(totals)) : "–"),
    },
    {
      head: "Cost",
      cell: ({ totals }) =>
        Object.entries(totals.cost)
          .map(([currency, amount]) => money(amount, currency))
          .join(", ") || "–",
    },
    {
      head: "Only this one",
      quiet: true,
      cell: ({ flow }) => (
        <Anchor component="button" type="button" size="sm" underline="always" onClick={() => onChoose(flow)}>
          {flow === "" ? "Only these" : "Only this"}
          <span className="rl-only-heard">: {flow || "what no workflow has to do with"}</span>
        </Anchor>
      ),
    },
  ];
  return (
    <Card title="By workflow" about="Of the whole range, whatever else is chosen above." flush>
      <Records<FlowFigures> label="Figures by workflow" columns={columns} rows={rows} id={({ flow }) => flow} />
    </Card>
  );
}
