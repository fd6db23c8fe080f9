// A finding. Names and levels are the same as those of `gema doctor`.

/** @type {(level: string) => (id: string, wrong: string, write: string) => Finding} */
const of = (level) => (id, wrong, write) => ({ id, level, wrong, write });

export const error = of("ERROR");
export const warning = of("WARNING");
export const note = of("NOTE");
