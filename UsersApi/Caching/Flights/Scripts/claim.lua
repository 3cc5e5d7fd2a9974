#!lua flags=allow-oom
-- KEYS[1]: what is to be computed. ARGV[1]: the claimant's token. ARGV[2]: milliseconds that a claim lives. Returns whose it is already.
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'GET', 'PX', ARGV[2])
