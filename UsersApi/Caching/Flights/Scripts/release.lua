#!lua flags=allow-oom
-- KEYS[1], ARGV[1]: a claim, which may have run out and be another's by now. ARGV[2]: milliseconds for which none is needed; 0 for none.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  if ARGV[2] == '0' then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], '', 'PX', ARGV[2])
  end
end
