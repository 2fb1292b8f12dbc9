import { Link } from "@tanstack/react-router";
import { Moment } from "../components/Moment";
import { Card } from "./Facts";
import classes from "./Page.module.css";

/** Why something has not gone yet, and when it will. */
export function Waits({ because, until }: { because: string | null; until: string | null }) {
  return (
    <Card title="Why it waits">
      <p className={classes.words}>
        {because && `${because.replace(/[.]?$/, ".")} `}
        {until ? (
          <>
            It goes <Moment at={until} />
            {because && (
              <>
                , or once <Link to="/settings/budgets">the budget</Link> is changed
              </>
            )}
            .
          </>
        ) : (
          !because && "Its sender is busy, or paused."
        )}
      </p>
    </Card>
  );
}
