#!lua flags=allow-oom
-- Starts a site's window for a day: the shared counterpart of Salts::rotate. KEYS: the site's salts, and the day whose salt is
-- known to be on replicas. ARGV: day, a fresh salt, expiry in seconds.
local day = tonumber(ARGV[1])
local fields = redis.call('hgetall', KEYS[1])
local is_rotated, live = 0, {}
for i = 1, #fields, 2 do
  if math.abs(tonumber(fields[i]) - day) > 1 then
    redis.call('hdel', KEYS[1], fields[i])
    is_rotated = 1
  else
    live[#live + 1] = tonumber(fields[i])
  end
end
if redis.call('hexists', KEYS[1], day) == 0 then
  redis.call('hset', KEYS[1], day, ARGV[2])
  redis.call('del', KEYS[2])
  is_rotated = 1
  live[#live + 1] = day
  table.sort(live)
  if #live > 2 then
    redis.call('hdel', KEYS[1], live[1])
  end
end
redis.call('expire', KEYS[1], ARGV[3])
return { is_rotated, redis.call('hgetall', KEYS[1]) }
