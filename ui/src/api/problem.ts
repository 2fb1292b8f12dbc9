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

/** The problem a response tells of; a response that is none of ours is put into words here. */
export async function problemOf(response: Response): Promise<ProblemError> {
  try {
    const body = (await response.clone().json()) as Partial<Problem>;
    if (typeof body.detail === "string") {
      return new ProblemError({
        ...body,
        status: response.status,
        code: body.code ?? "unknown",
        detail: body.detail,
        fix: body.fix ?? "",
        field: body.field ?? null,
      });
    }
  } catch {
    // Not JSON: a proxy or a server that is going down answered.
  }
  return new ProblemError({
    status: response.status,
    code: "no_answer",
    detail: `The server answered ${response.status} and said nothing more.`,
    fix: "Try again in a moment; `ringline doctor` shows whether the server is well.",
    field: null,
  });
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
