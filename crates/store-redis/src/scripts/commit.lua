-- Writes under a lease, if the caller still holds it; else writes nothing. KEYS: the record, and others that share its tag.
-- ARGV: token, 1 to release the lease, then for each command: number of words, name, index of its key, arguments.
local record = KEYS[1]
if redis.call('hget', record, 'lock') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '1' then
  redis.call('hdel', record, 'lock', 'lease')
end
redis.call('hincrby', record, 'ver', 1)
local at = 3
while at <= #ARGV do
  local many = tonumber(ARGV[at])
  redis.call(ARGV[at + 1], KEYS[tonumber(ARGV[at + 2])], unpack(ARGV, at + 3, at + many))
  at = at + many + 1
end
return 1
