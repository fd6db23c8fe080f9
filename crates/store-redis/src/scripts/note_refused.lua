#!lua
-- Writes what a process has refused on a day. KEYS: the day's numbers. ARGV: expiry in seconds, maximum number of fields, then
-- each field and its value.
if redis.call('hlen', KEYS[1]) < tonumber(ARGV[2]) then
  for i = 3, #ARGV, 2 do
    redis.call('hset', KEYS[1], ARGV[i], ARGV[i + 1])
  end
  redis.call('expire', KEYS[1], ARGV[1])
end
return 1
