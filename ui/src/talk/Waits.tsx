import { Link } from "@tanstack/react-router";
import { Moment } from "../components/Moment";
import { Card } from "./Facts";
import classes from "./Page.module.css";

/** Why something has not gone yet, and when it will; *because* is the server's sentence where a budget holds it. */
export function Waits({ because, until }: { because: string | null; until: string | null }) {
  return (
    <Card title="Why it waits">
      {because ? (
        <p className={classes.words}>
          {because} <Link to="/settings/budgets">See the budgets</Link>
        </p>
      ) : (
        <p className={classes.words}>
          {until ? (
            <>
              It is not to go before <Moment at={until} />.
            </>
          ) : (
            "It goes as soon as its sender is free."
          )}
        </p>
      )}
    </Card>
  );
}
