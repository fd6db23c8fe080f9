// Waline's server, listening on this machine only. Creates the tables, which Waline does not do itself, and runs
// Waline's request handler.
const http = require("node:http");
const sqlite = require("sqlite3");

const reactions = Array.from({ length: 9 }, (_, n) => `reaction${n} integer`).join(", ");
const times = "createdAt timestamp default current_timestamp, updatedAt timestamp default current_timestamp";
const tables = `
  create table wl_Counter (id integer primary key autoincrement, time integer, ${reactions}, url text, ${times});
  create table wl_Comment (id integer primary key autoincrement, user_id integer, comment text, insertedAt timestamp, ip text,
    link text, mail text, nick text, pid integer, rid integer, sticky numeric, status text, "like" integer, ua text, url text,
    ${times});
  create table wl_Users (id integer primary key autoincrement, display_name text, email text, password text, type text, label text,
    url text, avatar text, github text, twitter text, facebook text, google text, weibo text, qq text, oidc text, "2fa" text,
    ${times});`;

new sqlite.Database(`${process.env.SQLITE_PATH}/waline.sqlite`).exec(tables, (error) => {
  if (error) throw error;
  http.createServer(require("@waline/vercel")({ env: "production" })).listen(Number(process.argv[2]), "127.0.0.1");
});
