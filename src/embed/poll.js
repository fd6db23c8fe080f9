// The reader's choice in the poll of the endpoint's markup. It is stored in the widget's format, so that the wasm can
// continue; follow/poll.js sends it.

/** @type {(run: { kept: Kept, article: string }) => Choice} */
export const mine = ({ kept, article }) => kept.read(`mine:${article}`);

// Marks the reader's stored choice as pressed.
/** @type {(run: Run) => void} */
export const press = (run) => {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (run.drawn.root.querySelectorAll("[name=reaction]"))) {
    button.setAttribute("aria-pressed", /** @type {any} */ (button.value === mine(run).reaction));
  }
};

// Stores a choice of that option, or its withdrawal if it was chosen.
/** @type {(run: Chooser, option: string | undefined) => string | null | undefined} */
export const choose = (run, option) => {
  const { reaction, before, seq = 0, sent } = mine(run);
  const chosen = reaction === option ? null : option;
  run.kept.visitor();
  run.kept.write(`mine:${run.article}`, {
    reaction: chosen,
    seq: Math.min(Math.max(Date.now(), seq + 1), Number.MAX_SAFE_INTEGER),
    before: sent ? reaction : before,
    sent: false,
  });
  if (run.notice) run.notice("");
  return chosen;
};
