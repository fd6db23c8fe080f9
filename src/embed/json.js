// What a text says in JSON; nothing, if it does not.
export const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
