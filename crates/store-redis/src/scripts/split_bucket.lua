#!lua
-- Splits one bucket of a table of marks, so that each stays in the compact encoding. KEYS: the record, the table's first bucket,
-- the bucket to split, the new one. ARGV: current number of buckets, and the token of the lease if the caller holds it.
local record, first, from, to = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local buckets = tonumber(ARGV[1])
if tonumber(redis.call('hget', first, 'n') or '1') ~= buckets then
  return 0
end
local lock = redis.call('hget', record, 'lock')
if lock and lock ~= ARGV[2] then
  return 0
end
local power = 1
while power * 2 <= buckets do
  power = power * 2
end
local stay, go = {}, {}
local fields = redis.call('hgetall', from)
for i = 1, #fields, 2 do
  local field = fields[i]
  -- Shorter fields are the table's own counters.
  local goes = #field == 16 and struct.unpack('>I4', field) % (2 * power) == buckets
  local list = goes and go or stay
  list[#list + 1] = field
  list[#list + 1] = fields[i + 1]
end
local lives = redis.call('pttl', from)
redis.call('del', from, to)
for key, list in pairs({ [from] = stay, [to] = go }) do
  for i = 1, #list, 1000 do
    redis.call('hset', key, unpack(list, i, math.min(i + 999, #list)))
  end
  if lives > 0 then
    redis.call('pexpire', key, lives)
  end
end
redis.call('hset', first, 'n', buckets + 1)
if lives > 0 then
  redis.call('pexpire', first, lives)
end
if redis.call('exists', record) == 1 then
  redis.call('hincrby', record, 'ver', 1)
end
return 1
