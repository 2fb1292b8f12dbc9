import { Badge, Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Download, MessageSquareOff, Upload, UserPlus } from "lucide-react";
import { useCallback, useState } from "react";
import { ask } from "../../api/client";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { kept } from "../../talk/filters";
import { useList } from "../../talk/list";
import classes from "../../talk/Page.module.css";
import { SearchBox } from "../../talk/SearchBox";
import type { Contact, ContactList } from "../../talk/shapes";
import { type Column, rowLink, Table } from "../../talk/Table";
import { phone } from "../../talk/words";
import { AddContact } from "./AddContact";
import { ImportContacts } from "./ImportContacts";

interface Chosen {
  search?: string;
  list?: string;
  /** A number that is to be written down. */
  add?: string;
}

/** The people of this installation, and the lists they are on. */
export function ContactsPage() {
  const chosen: Chosen = useSearch({ strict: false });
  const edits = useMay("editor");
  // Viewers see the last digits alone, and do not search by them.
  const operates = useMay("operator");
  const navigate = useNavigate();
  const [imports, setImports] = useState(false);
  const choose = useCallback(
    (change: Partial<Chosen>) =>
      void navigate({
        to: "/contacts",
        search: (before: Record<string, unknown>) => kept({ ...before, ...change }),
        replace: true,
      }),
    [navigate],
  );
  const onSearch = useCallback((search: string) => choose({ search: search || undefined }), [choose]);
  const lists = useQuery({ queryKey: ["contacts", "list", "lists"], queryFn: () => ask<ContactList[]>("/api/v1/lists") });
  const list = useList<Contact>("contacts", "/api/v1/contacts", { search: chosen.search, list: chosen.list });
  const adding = chosen.add !== undefined;
  return (
    <div className={classes.page}>
      <PageHeader title="Contacts" about="People by number, with their language, time zone, fields and lists.">
        <Button
          component={Link}
          to="/contacts/opt-outs"
          variant="default"
          leftSection={<MessageSquareOff size={16} aria-hidden />}
        >
          Opt-outs
        </Button>
        {edits && (
          <>
            <Button
              component="a"
              href={`/api/v1/contacts/export${chosen.list ? `?list=${encodeURIComponent(chosen.list)}` : ""}`}
              download="contacts.csv"
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
            >
              Export
            </Button>
            <Button variant="default" leftSection={<Upload size={16} aria-hidden />} onClick={() => setImports(true)}>
              Import
            </Button>
            <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => choose({ add: "+" })}>
              Add
            </Button>
          </>
        )}
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.filters} role="search">
          <SearchBox
            label="Search contacts"
            placeholder={operates ? "Name or number" : "Name"}
            initial={chosen.search}
            onSearch={onSearch}
          />
          <Select
            aria-label="List"
            placeholder="Everybody"
            clearable
            searchable
            nothingFoundMessage={lists.data?.length ? "No such list" : "No lists yet"}
            data={(lists.data ?? []).map((one) => ({
              value: one.name,
              label: `${one.name} (${one.count.toLocaleString()})`,
            }))}
            value={chosen.list ?? null}
            onChange={(name) => choose({ list: name ?? undefined })}
          />
        </div>
        {list.isPending ? (
          <Loading what="Loading contacts" />
        ) : list.error && !list.items.length ? (
          <ErrorNotice error={list.error} retry={() => void list.refetch()} />
        ) : list.items.length === 0 ? (
          chosen.search || chosen.list ? (
            <EmptyState title="Nobody is like that">Try how a word of the name begins, or the beginning or the last digits of the number.</EmptyState>
          ) : (
            <EmptyState title="No contacts yet">
              Import a CSV file, or add one person. Workflows then know their language, time zone and fields.
            </EmptyState>
          )
        ) : (
          <Table label="Contacts" columns={COLUMNS} rows={list.items} keyOf={(one) => one.id} more={list} />
        )}
      </div>
      {edits && (
        <>
          <AddContact
            opened={adding}
            number={chosen.add === "+" ? "" : (chosen.add ?? "")}
            lists={(lists.data ?? []).map((one) => one.name)}
            onClose={() => choose({ add: undefined })}
          />
          <ImportContacts
            opened={imports}
            lists={(lists.data ?? []).map((one) => one.name)}
            onClose={() => setImports(false)}
          />
        </>
      )}
    </div>
  );
}

const COLUMNS: Column<Contact>[] = [
  {
    label: "Name",
    show: (one) => (
      <Link to="/contacts/$id" params={{ id: one.id }} className={rowLink} style={{ display: "inline-block", minWidth: 150 }}>
        {one.name ?? phone(one.phone)}
      </Link>
    ),
  },
  { label: "Number", once: true, show: (one) => phone(one.phone) },
  {
    label: "Lists",
    wide: true,
    show: (one) => (
      <span style={{ display: "inline-flex", flexWrap: "wrap", gap: 4 }}>
        {one.opted_out && <StatusPill tone="bad">Opted out</StatusPill>}
        {one.lists.map((name) => (
          <Badge key={name} variant="default" tt="none" fw={500}>
            {name}
          </Badge>
        ))}
      </span>
    ),
  },
  { label: "Language", desk: true, show: (one) => one.language ?? "–" },
  { label: "Time zone", desk: true, show: (one) => one.time_zone ?? "–" },
  { label: "Since", number: true, desk: true, show: (one) => <Moment at={one.created_at} /> },
];
