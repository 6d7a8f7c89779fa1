-- GCRA: KEYS[1] holds the theoretical arrival time in microseconds.
-- ARGV: emission interval (us), burst. Returns 0, or how long to wait (us).
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local interval = tonumber(ARGV[1])
local room = interval * tonumber(ARGV[2])
local tat = tonumber(redis.call('GET', KEYS[1]) or 0)
if tat < now then tat = now end
local next_tat = tat + interval
if next_tat - now > room then return next_tat - now - room end
redis.call('SET', KEYS[1], string.format('%.0f', next_tat), 'PX', math.ceil((next_tat - now) / 1000) + 1)
return 0
