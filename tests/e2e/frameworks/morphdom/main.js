import morphdom from "morphdom";
import { goInPlace } from "../in-place.js";

goInPlace((main, html) => morphdom(main, html));
