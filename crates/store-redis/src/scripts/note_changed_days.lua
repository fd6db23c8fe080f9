#!lua flags=allow-oom
-- Notes when days of a site were changed, in milliseconds of the server's clock. KEYS: the changed days. ARGV: the days.
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, day in ipairs(ARGV) do
  redis.call('hset', KEYS[1], day, string.format('%.0f', now))
end
return now
