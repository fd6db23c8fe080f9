#!lua flags=allow-oom
-- Notes articles that were changed by something other than an event, with the server's time in milliseconds. The oldest
-- notes are dropped. KEYS: the notes. ARGV: expiry in seconds, maximum number of notes, then the tags of the articles.
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 3, #ARGV do
  redis.call('zadd', KEYS[1], string.format('%.0f', now), ARGV[i])
end
redis.call('zremrangebyrank', KEYS[1], 0, -1 - tonumber(ARGV[2]))
redis.call('expire', KEYS[1], ARGV[1])
return now
