-- Failures of one identifier. KEYS[1] = hash {n, until_ms}.
-- ARGV: 'look', 'fail' or 'pass' (a right password: it forgives, unless failures that were counted
-- while it was compared make it wait), failures that are free, longest wait (s), life (s).
-- Returns how long to wait from now on (ms). Time is Valkey's own: all processes agree.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if ARGV[1] ~= 'fail' then
  local left = math.max(0, tonumber(redis.call('HGET', KEYS[1], 'until_ms') or 0) - now)
  if ARGV[1] == 'pass' and left == 0 then redis.call('DEL', KEYS[1]) end
  return left
end
local n = redis.call('HINCRBY', KEYS[1], 'n', 1)
local wait = 0
if n >= tonumber(ARGV[2]) then
  wait = math.min(2 ^ (n - tonumber(ARGV[2])), tonumber(ARGV[3])) * 1000
  redis.call('HSET', KEYS[1], 'until_ms', string.format('%.0f', now + wait))
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return wait
