// Sends the reader's choice in the endpoint's poll. It is a form, sent by script, because only the browser knows the
// visitor's token.
import { mine, press } from "../embed/poll.js";
import { at, plain, request } from "./loader.js";
import { judge } from "./outcome.js";
import { storeTally } from "./tally.js";

// Records that the endpoint has responded to the choice with `seq`, and that `had` is the reader's choice there. A
// choice made meanwhile is kept, and made newer than that, unless another request has settled it.
/** @type {(run: { kept: Kept, article: string }, seq: number, had: OwnVote) => void} */
export const acknowledge = (run, seq, had) => {
  const choice = mine(run);
  const isOlder = choice.seq <= had.seq;
  const isAnswered = choice.seq === seq || (choice.sent && isOlder);
  if (choice.sent && !isAnswered) return;
  const next = isAnswered ? { reaction: had.reaction, seq: Math.max(had.seq, choice.seq), sent: true } : isOlder && { seq: Math.min(had.seq + 1, Number.MAX_SAFE_INTEGER) };
  run.kept.write(`mine:${run.article}`, plain(choice, next, { before: had.reaction }));
};

/** @type {(ms: number) => Promise<unknown>} */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Sends the unsent choice until the endpoint responds, unless the wasm takes over. Returns the endpoint's markup.
/** @type {(host: FollowHost) => Promise<Drawn | undefined>} */
const send = async ({ answered, run, widget }) => {
  const still = () => run.still() && !widget();
  for (let choice; (choice = mine(run)).sent === false && still(); ) {
    const { reaction, seq, before } = choice;
    const who = run.kept.isStandIn ? { stand_in: 1 } : { visitor: run.kept.visitor() };
    const form = plain(run.asked(), who, { reaction: reaction || "", seq });
    const answer = await request(at(run, "reaction"), true, new URLSearchParams(form));
    const drawn = answered(answer);
    if (judge(run, answer, drawn)) await pause((answer.retry || 10) * 1000);
    else {
      const tally = drawn && drawn.view.tally;
      const now = mine(run);
      // If it was rejected, a choice made meanwhile is still unsent: send it next. What another request has settled stays.
      if (drawn || (now.seq === seq && !now.sent)) acknowledge(run, seq, (tally && tally.mine) || { reaction: drawn ? reaction : /** @type {any} */ (before), seq });
      storeTally(run.kept, tally);
      if (mine(run).sent === false) continue;
      if (drawn) return drawn;
      if (still()) /** @type {any} */ (run).notice(run.drawn.view.labels.refused);
    }
  }
};

// Sends choices one at a time, now and whenever the reader chooses; the wasm, once it has taken over, sends the rest.
/** @type {(host: FollowHost) => void} */
export const sendChoices = (host) => {
  const { counts, run, shows, widget } = host;
  run.send = async () => {
    if (run.isSending || !counts()) return;
    run.isSending = true;
    const drawn = await send(host);
    run.isSending = false;
    if (!run.still()) return;
    if (widget()) /** @type {Widget} */ (widget()).kept();
    else if (drawn) shows(drawn);
    else press(run);
  };
  run.send();
};
