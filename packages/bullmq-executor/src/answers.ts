/**
 * Answers: reads what workers say of jobs, and ends the calls that it is about.
 *
 * D4  What is heard is only believed when its signature is right. What is wrong changes nothing, since the right one may
 *     still come; the sweep decides.
 * D5  News are taken in order, each once; a result that is found before them waits for one more look.
 */
import type { DispatcherOptions } from "./dispatcher-options.js";
import { JobRefusedError } from "./errors.js";
import { type AnswerHeader, fromLines, open } from "./messages.js";
import type { RemoteCall } from "./remote-call.js";
import type { SentJob } from "./sent-job.js";
import type { SentJobs } from "./sent-jobs.js";

type AnswersOptions = Pick<DispatcherOptions, "queue" | "keyring" | "values" | "maxPayload" | "classesKnown" | "log">;

export class Answers {
  readonly #options: AnswersOptions;
  readonly #jobs: SentJobs;

  constructor(options: AnswersOptions, jobs: SentJobs) {
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Progress, and calls that have ended while others of their job go on. */
  news(job: SentJob, text: string): void {
    const opened = this.#open(job, "news", text);
    if (typeof opened === "string") {
      this.#refuse(job, opened);
      return;
    }
    const { header, payload } = opened;
    if (header.number <= job.news) return;
    job.news = header.number;
    this.#jobs.start(job, header.took);
    for (const line of fromLines(payload)) {
      const call = job.calls[Number.parseInt(line, 10)];
      const kind = line[line.indexOf(" ") + 1];
      const rest = line.slice(line.indexOf(" ") + 2);
      if (call === undefined) continue;
      if (kind === "*") this.#tellProgress(call, rest);
      else this.#jobs.settle(call, `${kind}${rest}`);
    }
    this.#jobs.endIfDone(job);
  }

  /** @param sure whether this is the job's final value, and not something that anybody might have made up (D4) */
  async result(job: SentJob, text: string, sure: boolean): Promise<void> {
    const opened = this.#open(job, "result", text);
    if (typeof opened === "string") {
      this.#refuse(job, opened);
      if (sure) this.#jobs.fail(job, () => new JobRefusedError(`The result of a call was refused: ${opened}`));
      return;
    }
    const { header, payload } = opened;
    if (sure && job.news < header.number && !job.newsAwaited) {
      job.newsAwaited = true; // its last progress may be on its way still; the next sweep takes it as it is
      return;
    }
    const loading = this.#options.classesKnown();
    if (loading !== undefined) await loading;
    this.#jobs.start(job, header.took);
    const lines = fromLines(payload);
    job.calls.forEach((call, index) => {
      if (call.state === "ended") return;
      this.#jobs.runTime.record(header.took);
      this.#jobs.settle(call, lines[index] ?? "");
    });
    this.#jobs.endIfDone(job, header.elapsed);
  }

  #open(job: SentJob, kind: "news" | "result", text: string) {
    const { keyring, maxPayload, queue } = this.#options;
    if (text.length > 2 * maxPayload + 1000) return `it is larger than \`maxPayload\`, which is ${maxPayload}`;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return "it is damaged";
    }
    return open<AnswerHeader>(keyring, kind, { queue, id: job.id, task: job.name }, message, maxPayload);
  }

  #tellProgress(call: RemoteCall, text: string): void {
    if (call.state !== "sent") return;
    try {
      call.future.setProgress(this.#options.values.read(text, "result", "progress"));
    } catch (error) {
      this.#options.log(`concurrent-futures: progress of ${call.task.name} cannot be read: ${error}`);
    }
  }

  #refuse(job: SentJob, why: string): void {
    this.#options.log(`concurrent-futures: what was said about job ${job.id} (${job.name}) was refused: ${why}`);
  }
}
