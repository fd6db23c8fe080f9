#!lua flags=allow-oom
-- Takes the lease of a record and returns the record, or returns the milliseconds until the lease expires. KEYS: the record.
-- ARGV: token, duration in milliseconds, and 1 to renew: then returns 0 if the caller has lost the lease.
local known = redis.call('hmget', KEYS[1], 'lock', 'lease')
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if known[1] and known[1] ~= ARGV[1] and tonumber(known[2]) > now then
  return tonumber(known[2]) - now
end
if ARGV[3] == '1' and known[1] ~= ARGV[1] then
  return 0
end
redis.call('hset', KEYS[1], 'lock', ARGV[1], 'lease', string.format('%.0f', now + tonumber(ARGV[2])))
return redis.call('hgetall', KEYS[1])
