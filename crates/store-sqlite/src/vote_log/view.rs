use rusqlite::{Connection, params};

use super::record;

/// Makes `vote` on this connection a view of the table with the log over it. The log itself is the temporary table
/// `logged_vote`, which stays in memory.
pub(in super::super) fn show_with_log(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "pragma temp.cache_size = -8192; \
         create temp table logged_vote ( \
             article integer not null, voter blob not null, reaction integer, seq integer not null, \
             primary key (article, voter) \
         ) without rowid; \
         create temp view vote as select article, voter, reaction, seq from logged_vote \
         union all select article, voter, reaction, seq from main.vote v \
         where not exists (select 1 from logged_vote l where l.article = v.article and l.voter = v.voter)",
    )?;
    let mut insert = conn.prepare(
        "insert or replace into logged_vote (article, voter, reaction, seq) values (?1, ?2, ?3, ?4)",
    )?;
    let mut select = conn.prepare("select votes from vote_log order by id")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        for ((article, voter), vote) in record::read_all(row.get_ref(0)?.as_blob()?) {
            insert.execute(params![article, voter, vote.reaction, vote.seq])?;
        }
    }
    Ok(())
}
