#!lua
-- Adds marks to a table under the lease; existing marks are kept. KEYS: the record, the table's first bucket, buckets.
-- ARGV: token, expiry in seconds or 0 for none, then for each mark: mark, value, index of its bucket in KEYS.
if redis.call('hget', KEYS[1], 'lock') ~= ARGV[1] then
  return 0
end
local added = 0
for at = 3, #ARGV, 3 do
  added = added + redis.call('hsetnx', KEYS[tonumber(ARGV[at + 2])], ARGV[at], ARGV[at + 1])
end
if added > 0 then
  redis.call('hincrby', KEYS[2], 'c', added)
end
if ARGV[2] ~= '0' then
  for i = 2, #KEYS do
    redis.call('expire', KEYS[i], ARGV[2], 'NX')
  end
end
return 1
