/** What is wrong (RFC 9457), as every route of the API says it. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  fix: string;
  field: string | null;
  [more: string]: unknown;
}

/** A refused or failed request, with the server's own sentences. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string;
  readonly field: string | null;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
    this.status = problem.status;
    this.code = problem.code;
    this.fix = problem.fix;
    this.field = problem.field;
    this.problem = problem;
  }
}

/** The problem a response tells of in its *body*; one that is none of ours is put into words here. */
export function problemIn(body: unknown, status: number): ProblemError {
  const told = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  if (typeof told.detail === "string") {
    return new ProblemError({
      ...told,
      status,
      code: told.code ?? "unknown",
      detail: told.detail,
      fix: told.fix ?? "",
      field: told.field ?? null,
    });
  }
  return new ProblemError({
    status,
    code: "no_answer",
    detail: `The server answered ${status} and said nothing more.`,
    fix: "Try again in a moment; `ringline doctor` shows whether the server is well.",
    field: null,
  });
}

/** The problem of a response that nobody has read yet. */
export async function problemOf(response: Response): Promise<ProblemError> {
  // Where it is not JSON, a proxy or a server that is going down has answered.
  return problemIn(await response.json().catch(() => null), response.status);
}

/** A sentence and, where there is one, what to do about it. */
export function explain(error: unknown): { sentence: string; fix: string } {
  if (error instanceof ProblemError) return { sentence: error.message, fix: error.fix };
  // What browsers say of a request that got no answer; other errors of this kind are mistakes of the pages.
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return { sentence: "The server cannot be reached.", fix: "See whether it still runs; nothing was lost here." };
  }
  return { sentence: error instanceof Error ? error.message : String(error), fix: "" };
}
