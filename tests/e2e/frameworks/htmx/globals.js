import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

// Where the extension looks for both.
Object.assign(window, { htmx, Idiomorph });
