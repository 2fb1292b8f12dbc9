import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useCallback, useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { useList } from "../../talk/list";
import { Listing } from "../../talk/Listing";
import classes from "../../talk/Page.module.css";
import { SearchBox } from "../../talk/SearchBox";
import type { ShortLink } from "../../talk/shapes";
import { type Column, rowLink, rowText } from "../../talk/Table";
import { Who } from "../../talk/Who";
import own from "./LinksPage.module.css";

/** The short links in messages, and how often each was followed. */
export function LinksPage() {
  const [search, setSearch] = useState("");
  const onSearch = useCallback((text: string) => setSearch(text), []);
  const list = useList<ShortLink>("links", "/api/v1/links", { search });
  return (
    <div className={classes.page}>
      <PageHeader
        title="Short links"
        about="Made by shortenUrl in messages. Every message has its own, so a click tells who followed it."
      >
        <Button component={Link} to="/messages" variant="default" leftSection={<ArrowLeft size={16} aria-hidden />}>
          Messages
        </Button>
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.filters} role="search">
          <SearchBox label="Search links" placeholder="Part of where they lead" onSearch={onSearch} />
        </div>
        <Listing
          label="Short links"
          list={list}
          columns={COLUMNS}
          keyOf={(one) => one.code}
          empty={
            search ? (
              <EmptyState title="No link leads there">Try a shorter part of the address.</EmptyState>
            ) : (
              <EmptyState title="No short links yet">
                Write {"{{ shortenUrl(address) }}"} in a message: it becomes a short link of your own that counts clicks.
              </EmptyState>
            )
          }
        />
      </div>
    </div>
  );
}

const COLUMNS: Column<ShortLink>[] = [
  {
    label: "Short link",
    once: true,
    show: (one) =>
      one.message ? (
        <Link to="/messages/$id" params={{ id: one.message }} className={rowLink}>
          /l/{one.code}
        </Link>
      ) : (
        `/l/${one.code}`
      ),
  },
  {
    label: "Clicks",
    number: true,
    show: (one) => (
      <>
        {one.clicks.toLocaleString()}
        <span className={own.counted} aria-hidden>
          {one.clicks === 1 ? " click" : " clicks"}
        </span>
      </>
    ),
  },
  { label: "Leads to", wide: true, show: (one) => <div className={rowText}>{one.url}</div> },
  { label: "Sent to", desk: true, once: true, show: (one) => <Who name={one.name} number={one.to} /> },
  { label: "Last click", desk: true, number: true, show: (one) => <Moment at={one.last_click_at} /> },
  { label: "Made", number: true, desk: true, show: (one) => <Moment at={one.created_at} /> },
];
