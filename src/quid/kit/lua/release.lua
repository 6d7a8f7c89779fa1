-- Gives a claim up, if it is still ours. KEYS[1], ARGV: request hash, owner token.
if redis.call('GET', KEYS[1]) == ARGV[1] .. 'c' .. ARGV[2] then return redis.call('DEL', KEYS[1]) end
return 0
