import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Smartphone, Workflow } from "lucide-react";
import { useMemo } from "react";
import { useMay, useMe } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { Card } from "../settings/Card";
import { asked, type Chosen, type Figures, figures, useChosen } from "./asking";
import { Attention } from "./Attention";
import { chartsOf } from "./chart";
import { ChartCard } from "./ChartCard";
import { Filters } from "./Filters";
import { Flows } from "./Flows";
import { Funnel } from "./Funnel";
import classes from "./Overview.module.css";
import { Tiles } from "./Tiles";

/** What needs somebody, and what was sent, answered and spent. */
export function OverviewPage() {
  const [chosen, choose] = useChosen();
  const question = asked(chosen);
  const found = useQuery(figures(question));
  return (
    <>
      <PageHeader title="Overview" />
      <div className={classes.page}>
        <Attention />
        {found.isPending ? (
          <Loading />
        ) : found.error && !found.data ? (
          <>
            <Filters chosen={chosen} choose={choose} />
            <ErrorNotice error={found.error} retry={() => void found.refetch()} />
          </>
        ) : isBlank(found.data) && !isNarrowed(chosen) ? (
          <Beginning />
        ) : (
          <>
            <Filters chosen={chosen} choose={choose} />
            {found.error && <ErrorNotice error={found.error} retry={() => void found.refetch()} />}
            <Found found={found.data} chosen={chosen} />
            {chosen.flow && <Funnel key={chosen.flow} flow={chosen.flow} question={question} />}
            <Flows question={question} onChoose={(flow) => choose({ flow })} />
          </>
        )}
      </div>
    </>
  );
}

function Found({ found, chosen }: { found: Figures; chosen: Chosen }) {
  const charts = useMemo(() => chartsOf(found), [found]);
  return (
    <>
      <Tiles found={found} chosen={chosen} />
      {charts.length === 0 ? (
        <Card flush>
          <EmptyState title="Nothing in this range">Choose a longer one, or fewer filters.</EmptyState>
        </Card>
      ) : (
        <div className={classes.charts}>
          {charts.map((chart) => (
            <ChartCard key={chart.id} chart={chart} starts={found.range.starts} />
          ))}
        </div>
      )}
    </>
  );
}

/** What stands here before anything was ever sent. */
function Beginning() {
  const { simulator } = useMe();
  const operates = useMay("operator");
  const edits = useMay("editor");
  return (
    <Card flush>
      <EmptyState
        title="Nothing has been sent yet"
        action={
          <Group mt="sm" gap="xs" justify="center">
            {edits && (
              <Button
                component={Link}
                to="/workflows"
                search={{ new: 1 } as never}
                leftSection={<Workflow size={16} aria-hidden />}
              >
                Make a workflow
              </Button>
            )}
            {simulator && operates && (
              <Button component={Link} to="/phone" variant="default" leftSection={<Smartphone size={16} aria-hidden />}>
                Open the phone
              </Button>
            )}
          </Group>
        }
      >
        {edits
          ? "Make a workflow, or take one of the examples, and run it."
          : "Once a workflow has run, its messages, calls, answers and costs are counted here."}
        {simulator && operates && " What it sends arrives on the Phone page, without costing anything."}
        {edits && " The figures then appear here by themselves."}
      </EmptyState>
    </Card>
  );
}

function isBlank({ totals, before }: Figures): boolean {
  return Object.keys(totals.counts).length === 0 && Object.keys(before.counts).length === 0;
}

function isNarrowed(chosen: Chosen): boolean {
  return Object.values(chosen).some((value) => value !== undefined);
}
