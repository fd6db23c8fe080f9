#!lua
-- Writes what a process has refused on a day. KEYS: the numbers of a site's day, or of an article. ARGV: expiry in seconds,
-- maximum number of fields, the first day that is kept (of an article, whose fields begin with their day; else empty), then each
-- field and its value.
local first = tonumber(ARGV[3])
if first then
  for _, field in ipairs(redis.call('hkeys', KEYS[1])) do
    if tonumber(string.match(field, '^-?%d+')) < first then
      redis.call('hdel', KEYS[1], field)
    end
  end
end
if redis.call('hlen', KEYS[1]) < tonumber(ARGV[2]) then
  for i = 4, #ARGV, 2 do
    redis.call('hset', KEYS[1], ARGV[i], ARGV[i + 1])
  end
  redis.call('expire', KEYS[1], ARGV[1])
end
return 1
