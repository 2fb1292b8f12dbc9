import { TextInput } from "@mantine/core";
import { useClickOutside, useFocusTrap, useMergedRef } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import type { Block, Position } from "../types";
import { BlockIcon } from "./icons";
import { bestFirst, familiesOf, searched, TRIGGER_FAMILY } from "./palette";
import classes from "./QuickAdd.module.css";

const WIDTH = 300;
const HEIGHT = 360;

interface QuickAddProps {
  /** Where on the screen it was asked for. */
  at: Position;
  blocks: Block[];
  /** Whether triggers can be added too: not where a step is to follow another. */
  triggers: boolean;
  close: () => void;
  pick: (type: string) => void;
}

/** A small palette at the place where a step is wanted: type, choose by arrow keys, Enter. */
export function QuickAdd({ at, blocks, triggers, close, pick }: QuickAddProps) {
  const [query, setQuery] = useState("");
  const [current, setCurrent] = useState(0);
  const outside = useClickOutside<HTMLDivElement>(close);
  const trap = useFocusTrap();
  const frame = useMergedRef(outside, trap);
  const families = useMemo(
    () => familiesOf(blocks).filter((family) => triggers || family.name !== TRIGGER_FAMILY),
    [blocks, triggers],
  );
  const offers = bestFirst(
    searched(families, query).flatMap((family) => family.offers),
    query,
  );
  const choose = (type: string | undefined) => {
    if (!type) return;
    pick(type);
    close();
  };
  return (
    <div
      ref={frame}
      className={classes.frame}
      role="dialog"
      aria-label="Add a step"
      style={{
        left: Math.max(8, Math.min(at.x, window.innerWidth - WIDTH - 12)),
        top: Math.max(8, Math.min(at.y, window.innerHeight - HEIGHT - 12)),
        width: WIDTH,
        maxHeight: HEIGHT,
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") close();
        else if (event.key === "Enter") choose(offers[current]?.type);
        else if (event.key === "ArrowDown") setCurrent(Math.min(current + 1, offers.length - 1));
        else if (event.key === "ArrowUp") setCurrent(Math.max(current - 1, 0));
        else return;
        event.preventDefault();
      }}
    >
      <TextInput
        data-autofocus
        placeholder="What comes here?"
        aria-label="Search for a step"
        leftSection={<Search size={15} aria-hidden />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setCurrent(0);
        }}
        role="combobox"
        aria-expanded
        aria-controls="quick-add"
        aria-activedescendant={offers[current] ? `quick-add-${current}` : undefined}
      />
      <div id="quick-add" role="listbox" aria-label="Steps" className={classes.list}>
        {offers.map((offer, index) => (
          <div
            key={offer.type}
            id={`quick-add-${index}`}
            role="option"
            aria-selected={index === current}
            className={classes.offer}
            ref={index === current ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
            onPointerMove={() => setCurrent(index)}
            onClick={() => choose(offer.type)}
          >
            <BlockIcon type={offer.type} size={28} />
            <div className={classes.words}>
              <div className={classes.title}>{offer.title}</div>
              <div className={classes.about}>{offer.about}</div>
            </div>
          </div>
        ))}
        {offers.length === 0 && <div className={classes.none}>Nothing is called “{query}”.</div>}
      </div>
    </div>
  );
}
