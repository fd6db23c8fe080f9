import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

// The names by which the extension finds both.
Object.assign(window, { htmx, Idiomorph });
