-- Index for rankings: the changes of recent days, of all articles.
create index day_by_day on day (day);
