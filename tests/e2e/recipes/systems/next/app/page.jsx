import { List } from "./list";

export default () => <List names={["banjir"]} />;
