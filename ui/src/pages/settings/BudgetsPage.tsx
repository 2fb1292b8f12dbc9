import { Button, Group, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChartPie } from "lucide-react";
import { useState } from "react";
import { api, data } from "../../api/typed";
import type { components } from "../../api/schema";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { money } from "../../talk/words";
import { amountOf, type Budget, PART, whose } from "./budget";
import { BudgetForm } from "./BudgetForm";
import classes from "./BudgetsPage.module.css";
import { Card } from "./Card";
import { Confirm } from "../../components/Confirm";
import { type Column, Records } from "./Records";
import { SettingsFrame } from "./SettingsFrame";

type Balance = components["schemas"]["BalanceOut"];

const STATES = {
  ok: { tone: "good", word: "Within it" },
  warning: { tone: "wait", word: "Nearly used" },
  reached: { tone: "bad", word: "Reached" },
} as const;

/** How much may be sent and spent in a day, and how much of it is used. */
export function BudgetsPage() {
  const manages = useMay("admin");
  const [editing, setEditing] = useState<Budget | "new" | null>(null);
  return (
    <SettingsFrame
      title="Budgets"
      about="How much may be sent and spent in a day. What would go beyond one waits until the next day, or is only warned of."
      actions={
        manages && (
          <Button leftSection={<ChartPie size={16} aria-hidden />} onClick={() => setEditing("new")}>
            Set a budget
          </Button>
        )
      }
    >
      <BudgetList manages={manages} onEdit={setEditing} />
      <Balances />
      {editing !== null && (
        <BudgetForm budget={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      )}
    </SettingsFrame>
  );
}

function BudgetList({ manages, onEdit }: { manages: boolean; onEdit: (what: Budget | "new") => void }) {
  const budgets = useQuery({ queryKey: ["budgets", "list"], queryFn: () => data(api.GET("/api/v1/budgets")) });
  if (budgets.isPending) return <Loading />;
  if (budgets.error) return <ErrorNotice error={budgets.error} retry={() => void budgets.refetch()} />;
  if (budgets.data.length === 0) {
    return (
      <Card flush>
        <EmptyState
          title="There is no budget"
          action={
            manages && (
              <Button variant="default" mt="xs" onClick={() => onEdit("new")}>
                Set the first one
              </Button>
            )
          }
        >
          Without one everything goes. A budget of money for everything keeps a mistake in a workflow from costing more
          than a day of it.
        </EmptyState>
      </Card>
    );
  }
  return (
    <ul className={classes.budgets}>
      {budgets.data.map((budget) => (
        <li key={budget.id}>
          <BudgetCard budget={budget} manages={manages} onEdit={() => onEdit(budget)} />
        </li>
      ))}
    </ul>
  );
}

function BudgetCard({ budget, manages, onEdit }: { budget: Budget; manages: boolean; onEdit: () => void }) {
  const [removing, setRemoving] = useState(false);
  const { tone, word } = STATES[budget.state];
  const color = { good: "var(--rl-good)", wait: "var(--rl-wait)", bad: "var(--rl-bad)" }[tone];
  return (
    <Card
      title={whose(budget)}
      about={`${amountOf(budget, budget.limit)} a day, in ${budget.time_zone}. ${
        budget.stops ? "Beyond it messages and calls wait." : "Beyond it there is only a warning."
      }`}
      actions={<StatusPill tone={tone}>{word}</StatusPill>}
    >
      <div className={classes.use}>
        <Text size="sm" className="rl-figures">
          <strong>{amountOf(budget, budget.used)}</strong> used today, {PART.format(budget.share)}
        </Text>
        <Text size="sm" c="dimmed">
          A new day begins <Moment at={budget.resets_at} />
        </Text>
      </div>
      <Progress.Root size={10} mt={8}>
        <Progress.Section
          value={Math.min(100, budget.share * 100)}
          color={color}
          aria-label={`Used of ${whose(budget)}: ${PART.format(budget.share)}`}
        />
      </Progress.Root>
      {budget.days.length < 2 && (
        <Text size="sm" c="dimmed" mt={8}>
          It counts from the moment it was set; what went before that is not in it.
        </Text>
      )}
      {budget.urgent > 0 && (
        <Text size="sm" mt={8}>
          {budget.urgent === 1 ? "One urgent message" : `${budget.urgent} urgent messages`} went beyond it today.
        </Text>
      )}
      <Days budget={budget} />
      {manages && (
        <Group gap="xs" mt="md">
          <Button size="xs" variant="default" onClick={onEdit}>
            Change
          </Button>
          <Button size="xs" variant="default" onClick={() => setRemoving(true)}>
            Remove
          </Button>
          <Removal budget={budget} opened={removing} onClose={() => setRemoving(false)} />
        </Group>
      )}
    </Card>
  );
}

/** The last days as small bars; each says its number when pointed at, and all of them to who hears the page. */
function Days({ budget }: { budget: Budget }) {
  const days = budget.days.slice(0, 14).reverse();
  if (days.length < 2) return null;
  const most = Math.max(...days.map(({ used }) => Number(used)), Number(budget.limit), 1e-9);
  return (
    <figure className={classes.days}>
      <figcaption>The last {days.length} days with any use</figcaption>
      <ol>
        {days.map(({ day, used, stopped_at: stopped }) => {
          const words = `${day}: ${amountOf(budget, used)}${stopped ? ", reached" : ""}`;
          return (
            <li key={day} title={words}>
              <span className="rl-only-heard">{words}</span>
              <span
                aria-hidden
                data-reached={stopped !== null}
                style={{ height: `${Math.max(4, (100 * Number(used)) / most)}%` }}
              />
            </li>
          );
        })}
      </ol>
    </figure>
  );
}

function Removal({ budget, opened, onClose }: { budget: Budget; opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const removal = useMutation({
    mutationFn: () => data(api.DELETE("/api/v1/budgets/{budget}", { params: { path: { budget: budget.id } } })),
    onSuccess: () => {
      notifications.show({ message: `The budget of ${whose(budget).toLowerCase()} is gone.` });
      onClose();
      void client.invalidateQueries({ queryKey: ["budgets"] });
    },
  });
  return (
    <Confirm
      opened={opened}
      title="Remove the budget?"
      action="Remove"
      busy={removal.isPending}
      error={removal.error}
      onConfirm={() => removal.mutate()}
      onClose={onClose}
    >
      What it holds back goes at once, unless another budget holds it too.
    </Confirm>
  );
}

function Balances() {
  const balances = useQuery({
    queryKey: ["budgets", "list", "balances"],
    queryFn: () => data(api.GET("/api/v1/budgets/balances")),
  });
  if (!balances.data || balances.data.length === 0) return null;
  const columns: Column<Balance>[] = [
    { head: "Credential", cell: ({ credential }) => credential },
    {
      head: "Balance",
      cell: ({ amount, currency, is_low: low }) => (
        <Group gap={8}>
          <span className="rl-figures">{money(Number(amount), currency)}</span>
          {low && <StatusPill tone="wait">Low</StatusPill>}
        </Group>
      ),
    },
    { head: "As of", cell: ({ as_of: asOf }) => <Moment at={asOf} /> },
  ];
  return (
    <Card title="Balances" about="What is left on the Twilio accounts, asked for every few hours." flush>
      <Records<Balance> label="Balances" columns={columns} rows={balances.data} id={({ credential }) => credential} />
    </Card>
  );
}
