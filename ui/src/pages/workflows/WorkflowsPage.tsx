import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { NewWorkflow } from "./NewWorkflow";
import { fits, workflowRows } from "./rows";
import { WorkflowList } from "./WorkflowList";
import classes from "./WorkflowsPage.module.css";

/** Every workflow: what it does, whether it is in force, how its last run went; and where a new one begins. */
export function WorkflowsPage() {
  const editable = useMay("editor");
  const rows = useQuery(workflowRows);
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed.trim(), 120);
  const search: { new?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  // In the address, so that other pages can lead straight to it.
  const begins = editable && search.new !== undefined;
  const setBegins = (wanted: boolean) =>
    void navigate({ to: "/workflows", search: (wanted ? { new: 1 } : {}) as never, replace: true });
  const found = rows.data?.filter((row) => wanted === "" || fits(row, wanted)) ?? [];
  const begin = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setBegins(true)}>
      New workflow
    </Button>
  );
  return (
    <>
      <PageHeader title="Workflows" about="What texts and calls people, and what starts it.">
        {editable && begin}
      </PageHeader>
      <div className={classes.page}>
        {rows.isPending ? (
          <Loading what="Loading the workflows" />
        ) : rows.error ? (
          <ErrorNotice error={rows.error} retry={() => void rows.refetch()} />
        ) : rows.data.length === 0 ? (
          <EmptyState title="No workflow yet" action={editable && begin}>
            A workflow is a few steps that text or call people and wait for what they answer. Begin with an empty one, or
            with an example.
          </EmptyState>
        ) : (
          <>
            <div className={classes.tools}>
              <TextInput
                type="search"
                aria-label="Search workflows"
                placeholder="Search by name, step or trigger"
                leftSection={<Search size={16} aria-hidden />}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
                className={classes.search}
              />
              <span role="status" className={classes.count}>
                {found.length === rows.data.length
                  ? `${rows.data.length} ${rows.data.length === 1 ? "workflow" : "workflows"}`
                  : `${found.length} of ${rows.data.length}`}
              </span>
            </div>
            {found.length === 0 ? (
              <EmptyState title={`Nothing fits “${wanted}”`}>Try a shorter word, or a part of the name.</EmptyState>
            ) : (
              <WorkflowList rows={found} taken={rows.data.map((row) => row.name)} editable={editable} />
            )}
          </>
        )}
      </div>
      <NewWorkflow opened={begins} close={() => setBegins(false)} />
    </>
  );
}
