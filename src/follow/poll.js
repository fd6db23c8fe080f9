// Sends the choice that a reader makes in the poll as the endpoint draws it: a form, sent by script, because only in the browser it is known who
// reacts.
import { at, isLater, pause, reason, request } from "../embed/endpoint.js";
import { plain } from "../embed/json.js";
import { mine, press } from "../embed/poll.js";
import { storeTally } from "./tally.js";

// The endpoint has answered what was sent with `seq`, and has `had` as the reader's choice. A choice that they made meanwhile stays, and is
// later than that.
/** @type {(run: { kept: Kept, article: string }, seq: number, had: OwnVote) => void} */
export const acknowledge = (run, seq, had) => {
  const choice = mine(run);
  const isAnswered = choice.seq === seq;
  const isLate = !isAnswered && choice.seq <= had.seq;
  const next = isAnswered ? { reaction: had.reaction, seq: Math.max(had.seq, seq), sent: true } : isLate && { seq: had.seq + 1 };
  run.kept.write(`mine:${run.article}`, plain(choice, next, { before: had.reaction }));
};

// Sends what is unsent, until it is answered, as long as the wasm is not in charge: what the endpoint draws then.
/** @type {(host: FollowHost) => Promise<Drawn | undefined>} */
const send = async ({ answered, run, say, widget }) => {
  const still = () => run.still() && !widget();
  for (let choice; (choice = mine(run)).sent === false && still(); ) {
    const { reaction, seq, before } = choice;
    const who = run.kept.isStandIn ? { stand_in: 1 } : { visitor: run.kept.visitor() };
    const form = plain(run.asked(), who, { reaction: reaction || "", seq });
    const answer = await request(at(run, "reaction"), true, new URLSearchParams(form));
    if (isLater(answer)) await pause((answer.retry || 10) * 1000);
    else {
      const drawn = answered(answer);
      const tally = drawn && drawn.view.tally;
      // Refused is what was sent, and not what they may have chosen meanwhile: that comes next.
      if (drawn || mine(run).seq === seq) acknowledge(run, seq, (tally && tally.mine) || { reaction: drawn ? reaction : /** @type {any} */ (before), seq });
      storeTally(run.kept, tally);
      if (mine(run).sent === false) continue;
      if (drawn) return drawn;
      say(`refused: ${reason(answer, run)}`);
      if (still()) /** @type {any} */ (run).notice(run.drawn.view.labels.refused);
    }
  }
};

// One at a time, now and whenever they choose; and where the wasm is in charge, it goes on with what is unsent.
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
