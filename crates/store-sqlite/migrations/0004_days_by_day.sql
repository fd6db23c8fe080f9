-- What was counted in the last days, of all articles: most read, most answered.
create index day_by_day on day (day);
