-- What was kept for one use. KEYS[1] = text. Gives it and forgets it; nil where it is not there.
local kept = redis.call('GET', KEYS[1])
if kept then redis.call('DEL', KEYS[1]) end
return kept
