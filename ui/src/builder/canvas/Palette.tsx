import { TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { memo, useMemo, useState } from "react";
import type { Block } from "../types";
import { BlockIcon } from "./icons";
import { BLOCK_DRAG, familiesOf, type Offer, searched } from "./palette";
import classes from "./Palette.module.css";

interface PaletteProps {
  blocks: Block[];
  /** Add one, after what is selected. */
  add: (type: string) => void;
}

/** What can be added, by family: dragged onto the canvas, or added by a click or Enter. */
export const Palette = memo(function Palette({ blocks, add }: PaletteProps) {
  const [query, setQuery] = useState("");
  const families = useMemo(() => familiesOf(blocks), [blocks]);
  const found = searched(families, query);
  return (
    <div className={classes.palette}>
      <div className={classes.search}>
        <TextInput
          size="xs"
          placeholder="Search"
          aria-label="Search for a step to add"
          leftSection={<Search size={14} aria-hidden />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = found[0]?.offers[0];
            if (event.key === "Enter" && query && first) add(first.type);
          }}
        />
      </div>
      <div className={classes.list}>
        {found.map((family) => (
          <section key={family.name} aria-label={family.name}>
            <h2 className={classes.family}>{family.name}</h2>
            <ul className={classes.offers}>
              {family.offers.map((offer) => (
                <Entry key={offer.type} offer={offer} add={add} />
              ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && <p className={classes.none}>Nothing is called “{query}”.</p>}
      </div>
    </div>
  );
});

function Entry({ offer, add }: { offer: Offer; add: (type: string) => void }) {
  return (
    <li
      draggable
      className={classes.offer}
      onDragStart={(event) => {
        event.dataTransfer.setData(BLOCK_DRAG, offer.type);
        event.dataTransfer.effectAllowed = "copy";
      }}
    >
      <button type="button" className={classes.button} onClick={() => add(offer.type)} title={offer.about}>
        <BlockIcon type={offer.type} size={30} />
        <span className={classes.words}>
          <span className={classes.title}>{offer.title}</span>
          <span className={classes.about}>{offer.about}</span>
        </span>
      </button>
    </li>
  );
}
