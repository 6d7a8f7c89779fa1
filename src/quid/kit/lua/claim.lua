-- Layer 1 of idempotency: KEYS[1] = idem:{user}:operation:key.
-- ARGV: request hash, owner token, claim ms. Value: hash (16) + 'c' + token, or hash + 'd' + answer.
-- Returns {'PROCEED'}, {'WAIT'}, {'REUSED'} or {'REPLAY', answer}. It saves work and decides nothing.
local held = redis.call('GET', KEYS[1])
if not held then
  redis.call('SET', KEYS[1], ARGV[1] .. 'c' .. ARGV[2], 'PX', ARGV[3])
  return {'PROCEED'}
end
if string.sub(held, 1, 16) ~= ARGV[1] then return {'REUSED'} end
if string.sub(held, 17, 17) == 'd' then return {'REPLAY', string.sub(held, 18)} end
return {'WAIT'}
