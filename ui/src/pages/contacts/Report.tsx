import type { ImportReport } from "../../talk/shapes";
import classes from "./Report.module.css";

/** What an import did or would do, and what was wrong with the file, line by line. */
export function Report({ report }: { report: ImportReport }) {
  const counts: [string, number][] = [
    [report.dry_run ? "would be added" : "added", report.imported],
    [report.dry_run ? "would be changed" : "changed", report.updated],
    [report.unchanged === 1 ? "is as it was" : "are as they were", report.unchanged],
    [report.duplicates === 1 ? "is in the file twice" : "are in the file twice", report.duplicates],
    ["cannot be used", report.invalid],
  ];
  return (
    <section className={classes.report} aria-label="Report" aria-live="polite">
      <p>
        <strong>
          {report.rows.toLocaleString()} {report.rows === 1 ? "row" : "rows"}:
        </strong>{" "}
        {counts
          .filter(([, count]) => count > 0)
          .map(([what, count]) => `${count.toLocaleString()} ${what}`)
          .join(", ")}
        .
      </p>
      <p className={classes.quiet}>
        {Object.entries(report.columns)
          .map(([column, taken]) => (column === taken ? column : `${column} as ${taken}`))
          .join(", ")}
      </p>
      {report.problems.length > 0 && (
        <div className={classes.box} tabIndex={0} role="region" aria-label="What is wrong with the file">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">What is wrong</th>
              </tr>
            </thead>
            <tbody>
              {report.problems.map((one, n) => (
                <tr key={`${one.line}/${n}`}>
                  <td className="rl-figures">{one.line}</td>
                  <td>
                    {quoted(one.message)}{" "}
                    <span className={classes.quiet}>{one.kept ? "The row is taken all the same." : quoted(one.fix)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {report.problems_left_out > 0 && (
        <p className={classes.quiet}>{report.problems_left_out.toLocaleString()} more are not shown.</p>
      )}
    </section>
  );
}

/** Names of columns as they stand in a sentence, which the API sets in backticks. */
function quoted(text: string): string {
  return text.replace(/`([^`]*)`/g, "“$1”");
}
