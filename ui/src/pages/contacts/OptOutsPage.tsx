import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { useChosen } from "../../talk/chosen";
import { sinceOf, TimeFilter } from "../../talk/filters";
import { useList } from "../../talk/list";
import { Listing } from "../../talk/Listing";
import { OneOf } from "../../talk/OneOf";
import classes from "../../talk/Page.module.css";
import { SearchBox } from "../../talk/SearchBox";
import type { ListedOptOut } from "../../talk/shapes";
import { aboveRow, type Column, rowLink, rowText } from "../../talk/Table";
import { Who } from "../../talk/Who";
import { channelName, optOutWords } from "../../talk/words";
import { Known } from "./Known";

const CHANNELS = ["sms", "whatsapp", "voice"].map((value) => ({ value, label: channelName(value) }));
const SOURCES = [
  { value: "reply", label: "They wrote it" },
  { value: "interview", label: "Said in an interview" },
  { value: "twilio", label: "Twilio says so" },
];

interface Chosen {
  search?: string;
  channel?: string;
  source?: string;
  time?: string;
}

/** Everybody who does not want to be written to or called, contacts or not. */
export function OptOutsPage() {
  // Viewers see the last digits alone, and do not search by them.
  const operates = useMay("operator");
  const { chosen, choose, onSearch, isChosen } = useChosen<Chosen>("/contacts/opt-outs");
  const list = useList<ListedOptOut>("opt-outs", "/api/v1/opt-outs", {
    search: chosen.search,
    channel: chosen.channel,
    source: chosen.source,
    since: sinceOf(chosen.time),
  });
  return (
    <div className={classes.page}>
      <PageHeader
        title="Opt-outs"
        about="Only they can opt in again, by writing START to the number that they stopped. An opt-out from calls stays."
      >
        <Button component={Link} to="/contacts" variant="default" leftSection={<ArrowLeft size={16} aria-hidden />}>
          Contacts
        </Button>
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.filters} role="search">
          <SearchBox
            label="Search opt-outs"
            placeholder={operates ? "Name or number" : "Name"}
            initial={chosen.search}
            onSearch={onSearch}
          />
          <OneOf
            label="Channel"
            any="Any channel"
            of={CHANNELS}
            value={chosen.channel}
            onChange={(channel) => choose({ channel })}
          />
          <OneOf
            label="How it is known"
            any="Any source"
            of={SOURCES}
            value={chosen.source}
            onChange={(source) => choose({ source })}
          />
          <TimeFilter value={chosen.time} onChange={(time) => choose({ time })} />
        </div>
        <Listing
          label="Opt-outs"
          list={list}
          columns={COLUMNS}
          keyOf={(one) => one.id}
          empty={
            isChosen ? (
              <EmptyState title="Nobody is like that">Take a filter away, or search for less.</EmptyState>
            ) : (
              <EmptyState title="Nobody has opted out">
                Who writes STOP, or says in an interview not to be contacted any more, stands here from then on and gets
                nothing more.
              </EmptyState>
            )
          }
        />
      </div>
    </div>
  );
}

const COLUMNS: Column<ListedOptOut>[] = [
  {
    label: "Person",
    once: true,
    show: (one) => {
      const who = <Who name={one.name} number={one.number} />;
      if (one.contact) {
        return (
          <Link to="/contacts/$id" params={{ id: one.contact }} className={rowLink}>
            {who}
          </Link>
        );
      }
      if (!one.conversation) return who;
      return (
        <Link to="/inbox/$person" params={{ person: one.conversation }} className={rowLink}>
          {who}
        </Link>
      );
    },
  },
  {
    label: "What it covers, and how it is known",
    wide: true,
    show: (one) => (
      <>
        <div>{optOutWords(one)}</div>
        <div className={rowText}>
          <Known of={one} className={aboveRow} />
        </div>
      </>
    ),
  },
  { label: "Since", number: true, show: (one) => <Moment at={one.since} /> },
];
