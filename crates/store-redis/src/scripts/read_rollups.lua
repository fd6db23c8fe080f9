#!lua flags=no-writes
-- Returns the time in milliseconds, the days of each roll-up of a site with the time from which its sums are, and the days
-- that were changed with the time of the last change. KEYS: the roll-ups, the changed days.
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return { now, redis.call('hgetall', KEYS[1]), redis.call('hgetall', KEYS[2]) }
