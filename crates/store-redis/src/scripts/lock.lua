#!lua
-- Takes the lease of a record, or says in how many milliseconds to ask again. KEYS: the record. ARGV: token, milliseconds, and
-- whether it is ours already: then nobody may have had it in between.
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
