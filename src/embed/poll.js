// The poll as the endpoint draws it: a form, sent here, because only here it is known who reacts. The choice is kept as the
// widget keeps it, which goes on from there.
import { at, isLater, pause, reason, request } from "./endpoint.js";
import { answered } from "./fragment.js";
import { say } from "./home.js";

const mine = ({ kept, article }) => kept.read(`mine:${article}`);
const keep = ({ kept, article }, choice) => kept.write(`mine:${article}`, choice);

// The reader's own option is the pressed one.
export const press = (run) => {
  for (const button of run.drawn.root.querySelectorAll("[name=reaction]")) {
    button.setAttribute("aria-pressed", button.value === mine(run).reaction);
  }
};

// They choose that option, or take it back.
export const choose = (run, option) => {
  const { reaction, before, seq = 0, sent } = mine(run);
  const chosen = reaction === option ? null : option;
  run.kept.visitor();
  keep(run, { reaction: chosen, seq: Math.max(Date.now(), seq + 1), before: sent ? reaction : before, sent: false });
  run.notice?.("");
  return chosen;
};

// Sends what is unsent, until it is answered, as long as `still` says so: what the endpoint draws then.
export const send = async (run, still) => {
  for (let choice; (choice = mine(run)).sent === false && still(); ) {
    const { reaction, seq, before } = choice;
    const who = run.kept.isStandIn ? { stand_in: 1 } : { visitor: run.kept.visitor() };
    const form = { ...run.asked(), ...who, reaction: reaction ?? "", seq };
    const answer = await request(at(run, "reaction"), true, new URLSearchParams(form));
    if (isLater(answer)) await pause((answer.retry || 10) * 1000);
    // They may have chosen again meanwhile: that comes next.
    else if (mine(run).seq === seq) {
      const drawn = answered(answer);
      const tally = drawn?.view.tally;
      const has = tally?.mine ?? { reaction: before, seq };
      run.kept.acknowledged(run.article, has);
      run.kept.tally(tally);
      if (drawn) return drawn;
      say(`refused: ${reason(answer, run)}`);
      if (still()) run.notice?.(run.drawn.view.labels.refused);
    }
  }
};
